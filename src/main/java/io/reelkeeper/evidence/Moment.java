package io.reelkeeper.evidence;

import io.reelkeeper.core.StreamAddress;
import io.reelkeeper.notification.Inbox;
import io.reelkeeper.provider.CallJournal;
import io.reelkeeper.session.History;
import io.reelkeeper.session.machine.Rule;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One line of a timeline.
///
/// @param kind `request` (we asked Agora), `notification` (Agora told us) or `decision` (a signal
///     was taken in: an answer, a notice, a due timer, a command)
/// @param task the number of the task it concerns, null for the session as a whole
/// @param summary a few words for people
/// @param detail the same as data
public record Moment(
    Instant at,
    String kind,
    @Nullable Integer task,
    String summary,
    @Schema(implementation = Object.class) JsonNode detail) {

  private static final JsonMapper JSON = new JsonMapper();

  static Moment of(CallJournal.Entry call) {
    ObjectNode detail =
        JSON.createObjectNode()
            .put("operation", call.operation())
            .put("attempt", call.attempt())
            .put("domain", call.domain())
            .put("httpStatus", call.httpStatus())
            .put("code", call.code())
            .put("outcome", call.outcome())
            .put("note", call.note())
            .put("tookMillis", call.took().toMillis());
    String status = call.httpStatus() == null ? "no answer" : "HTTP " + call.httpStatus();
    return new Moment(
        call.at(),
        "request",
        call.task(),
        "%s: %s (%s)".formatted(call.operation(), call.outcome(), status),
        detail);
  }

  static Moment of(Inbox.Entry notice, Session session) {
    return new Moment(
        notice.receivedAt(),
        "notification",
        session.taskBySid(notice.sid()).map(Task::number).orElse(null),
        "event " + notice.eventType(),
        body(notice.body()));
  }

  static Moment of(History.Entry entry) {
    ObjectNode detail =
        JSON.createObjectNode()
            .put("signal", entry.signal())
            .put("rule", entry.rule())
            .put("statusBefore", entry.statusBefore())
            .put("statusAfter", entry.statusAfter());
    detail.set("signalDetail", entry.detail());
    boolean same = entry.statusBefore().equals(entry.statusAfter());
    return new Moment(
        entry.at(),
        "decision",
        entry.task(),
        entry.signal()
            + ": "
            + meaning(entry.rule())
            + (same ? "" : ", %s -> %s".formatted(entry.statusBefore(), entry.statusAfter())),
        detail);
  }

  /// The rule in plain words; one that only another version knows stays a name.
  private static String meaning(String rule) {
    return Stream.of(Rule.values())
        .filter(known -> known.name().equals(rule))
        .map(Rule::meaning)
        .findFirst()
        .orElse(rule);
  }

  /// Agora's notices are JSON; what is not is shown as it came.
  private static JsonNode body(String text) {
    try {
      JsonNode body = JSON.readTree(text);
      for (JsonNode pushed : body.findParents("rtmpUrl")) {
        ObjectNode output = pushed.asObject();
        output.put("rtmpUrl", StreamAddress.withoutKey(output.path("rtmpUrl").asString("")));
      }
      return body;
    } catch (JacksonException _) {
      return JSON.getNodeFactory().stringNode(text);
    }
  }
}
