package io.reelkeeper.api.request;

import io.reelkeeper.core.Mode;
import io.reelkeeper.session.Secrets;
import io.reelkeeper.session.state.Layout;
import io.reelkeeper.session.state.Session;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Turns the body of an update into a checked change, or ends it with every violation that it has.
@Component
public class UpdateRequests {

  private final Secrets secrets;

  UpdateRequests(Secrets secrets) {
    this.secrets = secrets;
  }

  /// The body of Agora's update.
  ///
  /// @throws io.reelkeeper.api.problem.ProblemException `invalid-request`
  public ObjectNode update(Session session, byte[] body) {
    var violations = new Violations();
    ObjectNode change = read(body, violations);
    if (change.has("storageConfig")) {
      violations.add(
          "/storageConfig",
          "Where files go is fixed by the storage profile; fresh credentials are sent by this"
              + " service itself.");
      change.remove("storageConfig");
    } else if (change.isEmpty()) {
      violations.add(
          "", "At least one of streamSubscribe, webRecordingConfig, rtmpPublishConfig is needed.");
    }
    FieldRules.UPDATE.check(change, "", violations);
    belongs(change, session.mode(), violations);
    if (session.mode() != Mode.WEB) {
      subscription(change.path("streamSubscribe"), session, violations);
    }
    if (change.has("rtmpPublishConfig") && !secrets.available()) {
      violations.add(
          "/rtmpPublishConfig",
          "The address holds a secret, and secrets are only taken when reelkeeper.encryption-key"
              + " is configured.");
    }
    violations.raise();
    return change;
  }

  /// The body of Agora's updateLayout, as the member `layout`.
  ///
  /// @throws io.reelkeeper.api.problem.ProblemException `invalid-request`
  public ObjectNode layout(Session session, byte[] body) {
    var violations = new Violations();
    ObjectNode layout = read(body, violations);
    if (session.mode() != Mode.COMPOSITE) {
      violations.add(
          "", "Only the mode composite has a layout; this is " + session.mode().word() + ".");
    }
    FieldRules.LAYOUT.check(layout, "", violations);
    violations.raise();
    CrossRules.layout("", Layout.changed(session, layout), violations);
    violations.raise();
    return JsonNodeFactory.instance.objectNode().set("layout", layout).asObject();
  }

  private static ObjectNode read(byte[] body, Violations violations) {
    Optional<ObjectNode> read = JsonText.read(body, violations);
    violations.raise();
    return read.orElseThrow();
  }

  private static void belongs(JsonNode change, Mode mode, Violations violations) {
    if (mode == Mode.WEB) {
      refuse(change, "streamSubscribe", "the modes composite and individual", violations);
    } else {
      refuse(change, "webRecordingConfig", "the mode web", violations);
      refuse(change, "rtmpPublishConfig", "the mode web", violations);
    }
  }

  private static void refuse(JsonNode change, String member, String modes, Violations violations) {
    if (change.has(member)) {
      violations.add("/" + member, "This belongs to " + modes + "; leave it out.");
    }
  }

  private static void subscription(JsonNode subscribe, Session session, Violations violations) {
    if (!subscribe.isObject()) {
      return;
    }
    String place = "/streamSubscribe";
    if (subscribe.isEmpty()) {
      violations.add(place, "At least one of audioUidList and videoUidList is needed.");
    }
    JsonNode recording = session.request().path("recording");
    ObjectNode lists = JsonNodeFactory.instance.objectNode();
    for (String medium : List.of("Audio", "Video")) {
      String list = medium.equals("Audio") ? "audioUidList" : "videoUidList";
      JsonNode ofMedium = subscribe.path(list);
      if (ofMedium.isObject() && ofMedium.isEmpty()) {
        violations.add(place + "/" + list, "A list is needed here: whom to record, or whom not.");
      }
      CrossRules.subscription(
          place + "/" + list,
          ofMedium,
          medium,
          CrossRules.number(recording, "streamTypes"),
          violations);
      ofMedium.forEachEntry(lists::set);
    }
    if (session.request().has("snapshots") && CrossRules.hearsAlone(lists)) {
      violations.add(place + "/videoUidList", CrossRules.SNAPSHOTS_NEED_VIDEO);
    }
    Integer group = CrossRules.number(recording, "subscribeUidGroup");
    if (session.mode() == Mode.INDIVIDUAL
        && group != null
        && CrossRules.exceeds(group, CrossRules.subscribed(lists))) {
      violations.add(
          place,
          "The lists have more UIDs than the subscribeUidGroup %d that the recording began with."
              .formatted(group));
    }
  }
}
