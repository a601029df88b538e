package io.reelkeeper.replay;

import io.reelkeeper.session.state.Session;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// One line for each session that differs, for people.
final class Table implements Report {

  private static final String LINE = "%-36s  %-12s  %-20s  %-32s  %-14s  %-16s  %s%s%n";

  private final PrintStream out;
  private boolean anyMarked;

  Table(PrintStream out) {
    this.out = out;
  }

  @Override
  public void begin() {
    out.println("Each cell: under the configured policy -> under the other one.");
    out.println();
    out.printf(
        LINE,
        "SESSION",
        "APP",
        "CHANNEL",
        "REPLACEMENTS",
        "SURPLUS MIN",
        "DETECTED IN S",
        "END",
        "");
  }

  @Override
  public void differs(Comparison comparison) {
    Session session = comparison.stored();
    Outcome now = comparison.configured();
    Outcome then = comparison.other();
    String marks = (comparison.reproduced() ? "" : " !") + (comparison.complete() ? "" : " ~");
    anyMarked |= !marks.isEmpty();
    out.printf(
        LINE,
        session.id(),
        plain(session.app()),
        plain(session.channel()),
        both(causes(now.causes()), causes(then.causes())),
        both(now.surplusMinutes(), then.surplusMinutes()),
        both(detections(now), detections(then)),
        both(now.end(), then.end()),
        marks);
  }

  @Override
  public void end(Totals totals) {
    Totals.Sum now = totals.configured;
    Totals.Sum then = totals.other;
    out.printf(
        LINE,
        "TOTAL of %d sessions, %d differ".formatted(totals.sessions(), totals.differ()),
        "",
        "",
        both(now.replacements(), then.replacements()),
        both(now.surplusMinutes(), then.surplusMinutes()),
        both(detections(now), detections(then)),
        "",
        "");
    out.println();
    out.println("Replacements: " + both(causes(now.causes()), causes(then.causes())));
    out.println("Detected in: " + both(spelled(now), spelled(then)));
    if (anyMarked) {
      out.println("!  not reproduced, see below     ~  cut off, see below");
    }
    group(
        totals.notReproduced,
        "could not be reproduced under the configured policy: other rules, another policy or"
            + " another version decided then; their figures say little");
    group(totals.cutOff, "were cut off, their histories or simulations being too long");
    group(totals.unreadable, "hold rows that could not be read; the rest of them was used");
    group(
        totals.failed,
        "have no history any more, or one that cannot be lived again, and are in no figure");
    out.println();
    ASSUMPTIONS.forEach(assumption -> out.println("* " + assumption));
  }

  private void group(Totals.Group group, String what) {
    if (group.count() > 0) {
      String more = group.count() > group.first().size() ? ", ..." : "";
      String ids = group.first().stream().map(Object::toString).collect(Collectors.joining(", "));
      out.printf("%d of the sessions %s: %s%s%n", group.count(), what, ids, more);
    }
  }

  private static String both(Object now, Object then) {
    return now.equals(then) ? now.toString() : now + " -> " + then;
  }

  private static String causes(List<String> causes) {
    Map<String, Integer> counted = new TreeMap<>();
    causes.forEach(cause -> counted.merge(cause, 1, Integer::sum));
    return causes(counted);
  }

  private static String causes(Map<String, Integer> counted) {
    return counted.isEmpty()
        ? "none"
        : counted.entrySet().stream()
            .map(it -> it.getValue() == 1 ? it.getKey() : it.getKey() + " x" + it.getValue())
            .collect(Collectors.joining(", "));
  }

  private static String detections(Outcome outcome) {
    return outcome.detections().isEmpty()
        ? "-"
        : outcome.detections().stream()
            .map(seconds -> seconds == Outcome.NEVER ? "never" : seconds.toString())
            .collect(Collectors.joining(", "));
  }

  private static String detections(Totals.Sum sum) {
    return sum.detected() == 0 ? "-" : "mean " + sum.meanDetection();
  }

  private static String spelled(Totals.Sum sum) {
    String never = sum.undetected() == 0 ? "" : ", %d never".formatted(sum.undetected());
    return sum.detected() == 0
        ? "no failure" + never
        : "mean %d s, longest %d s, of %d failures%s"
            .formatted(sum.meanDetection(), sum.longestDetection(), sum.detected(), never);
  }

  /// A name may hold what moves a terminal's cursor.
  private static String plain(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }
}
