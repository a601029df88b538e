package io.reelkeeper.bench.ground;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The figures of one run, as Markdown.
///
/// The last column is the figure's ratio to a yardstick of the same run, which means the same on
/// every machine: milliseconds in commits of one row, rates in such commits per second, unless a
/// figure has a yardstick of its own.
public final class Table {

  private static final String LINE = "| %-68s | %12s | %10s | %8s | %-28s |%n";

  /// What a figure should come to.
  public record Goal(double figure, boolean atLeast) {

    public static Goal atMost(double figure) {
      return new Goal(figure, false);
    }

    public static Goal atLeast(double figure) {
      return new Goal(figure, true);
    }

    /// Above 1 the goal is missed, whichever way it looks.
    private double missedBy(double value) {
      return atLeast ? figure / value : value / figure;
    }

    @Override
    public String toString() {
      return (atLeast ? "≥ " : "≤ ") + number(figure);
    }
  }

  private final List<String> rows = new ArrayList<>();
  private double commitMillis = Double.NaN;
  private double commitsPerSecond = Double.NaN;

  /// @param millis what one commit takes
  /// @param perSecond how many there are
  public void commits(double millis, double perSecond) {
    commitMillis = millis;
    commitsPerSecond = perSecond;
  }

  public void row(String figure, double value, String unit) {
    add(figure, value, unit, "", "", ofCommits(value, unit));
  }

  public void row(String figure, double value, String unit, Goal goal) {
    row(figure, value, unit, goal, ofCommits(value, unit));
  }

  /// @param yardstick the ratio to another figure of this run, and to which
  public void row(String figure, double value, String unit, Goal goal, String yardstick) {
    String missed = "%.2f".formatted(goal.missedBy(value));
    add(figure, value, unit, goal.toString(), missed, yardstick);
  }

  /// A line that tells one figure in terms of another.
  public static String times(double value, double yardstick, String of) {
    return number(value / yardstick) + " × " + of;
  }

  private String ofCommits(double value, String unit) {
    return switch (unit) {
      case "ms" -> times(value, commitMillis, "a commit");
      case "/s" -> times(value, commitsPerSecond, "commits per s");
      default -> "";
    };
  }

  private void add(
      String figure, double value, String unit, String goal, String missed, String yardstick) {
    String measured = (number(value) + " " + unit).strip();
    rows.add(LINE.formatted(figure, measured, goal, missed, yardstick));
  }

  private static String number(double value) {
    String format = Math.abs(value) >= 100 || value == Math.rint(value) ? "%,.0f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }

  @Override
  public String toString() {
    return "\n\n"
        + LINE.formatted("figure", "measured", "goal", "of goal", "to a yardstick")
        + LINE.formatted("---", "--:", "--:", "--:", "---")
        + String.join("", rows);
  }
}
