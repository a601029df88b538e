package io.reelkeeper.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The figures of one run, as Markdown.
///
/// Milliseconds are also told in commits: how often this machine's database, asked by as many
/// clients, commits a row in that time. That figure means the same on every machine.
final class Table {

  private static final String LINE = "| %-68s | %10s | %8s | %8s | %10s |%n";

  private final List<String> rows = new ArrayList<>();
  private double commit = Double.NaN;

  /// @param millis what one commit takes
  void commit(double millis) {
    commit = millis;
  }

  void row(String figure, double value, String unit) {
    add(figure, value, unit, "", "");
  }

  /// @param goal what the figure should not exceed
  void row(String figure, double value, String unit, double goal) {
    add(figure, value, unit, "≤ " + number(goal), "%.2f".formatted(value / goal));
  }

  private void add(String figure, double value, String unit, String goal, String ofGoal) {
    String commits = unit.equals("ms") ? number(value / commit) : "";
    String measured = (number(value) + " " + unit).strip();
    rows.add(LINE.formatted(figure, measured, goal, ofGoal, commits));
  }

  private static String number(double value) {
    String format = value >= 100 || value == Math.rint(value) ? "%,.0f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }

  @Override
  public String toString() {
    return "\n\n"
        + LINE.formatted("figure", "measured", "goal", "of goal", "in commits")
        + LINE.formatted("---", "--:", "--:", "--:", "--:")
        + String.join("", rows);
  }
}
