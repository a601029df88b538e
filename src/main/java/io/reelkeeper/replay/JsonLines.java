package io.reelkeeper.replay;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The same for programs: one JSON object per line, the last one the totals.
final class JsonLines implements Report {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final PrintStream out;

  JsonLines(PrintStream out) {
    this.out = out;
  }

  @Override
  public void begin() {}

  @Override
  public void differs(Comparison comparison) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("type", "session");
    line.put("id", comparison.stored().id());
    line.put("app", comparison.stored().app());
    line.put("channel", comparison.stored().channel());
    line.put("configured", outcome(comparison.configured()));
    line.put("other", outcome(comparison.other()));
    line.put("reproduced", comparison.reproduced());
    line.put("complete", comparison.complete());
    line.put("unreadableRows", comparison.unreadable());
    print(line);
  }

  private static Map<String, Object> outcome(Outcome outcome) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("replacements", outcome.causes());
    members.put("surplusMinutes", outcome.surplusMinutes());
    members.put(
        "detectionSeconds", outcome.detections().stream().map(JsonLines::secondsOrNull).toArray());
    members.put("status", outcome.status());
    members.put("reason", outcome.reason());
    return members;
  }

  private static @Nullable Object secondsOrNull(long seconds) {
    return seconds == Outcome.NEVER ? null : seconds;
  }

  @Override
  public void end(Totals totals) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("type", "totals");
    line.put("sessions", totals.sessions());
    line.put("differ", totals.differ());
    line.put("configured", sum(totals.configured));
    line.put("other", sum(totals.other));
    line.put("notReproduced", group(totals.notReproduced));
    line.put("cutOff", group(totals.cutOff));
    line.put("unreadable", group(totals.unreadable));
    line.put("failed", group(totals.failed));
    line.put("assumptions", ASSUMPTIONS);
    print(line);
  }

  private static Map<String, Object> sum(Totals.Sum sum) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("replacements", sum.causes());
    members.put("surplusMinutes", sum.surplusMinutes());
    members.put("detected", sum.detected());
    members.put("undetected", sum.undetected());
    members.put("meanDetectionSeconds", sum.meanDetection());
    members.put("longestDetectionSeconds", sum.longestDetection());
    return members;
  }

  private static Map<String, Object> group(Totals.Group group) {
    return Map.of("count", group.count(), "first", List.copyOf(group.first()));
  }

  private void print(Map<String, Object> line) {
    out.println(JSON.writeValueAsString(line));
  }
}
