package io.reelkeeper.control;

import io.reelkeeper.core.Mode;
import io.reelkeeper.session.Secrets;
import io.reelkeeper.session.state.Layout;
import io.reelkeeper.session.state.Session;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What was changed while it records, as Agora is told it: in an update, and in the start of a
/// recorder that takes over.
///
/// The address that a page is pushed to holds the key of the stream, so it is kept encrypted.
@Component
class Changes {

  private static final String PUSH = "rtmpPublishConfig";
  private static final String PUSH_SERVICE = "rtmp_publish_service";

  private final Secrets secrets;
  private final Spelling spelling;
  private final JsonMapper json;

  Changes(Secrets secrets, Spelling spelling, JsonMapper json) {
    this.secrets = secrets;
    this.spelling = spelling;
    this.json = json;
  }

  /// The change as it may be kept.
  ObjectNode sealed(Session session, JsonNode change) {
    ObjectNode kept = change.deepCopy().asObject();
    if (kept.has(PUSH)) {
      kept.put(PUSH, secrets.sealed(session.id(), kept.get(PUSH).toString()));
    }
    return kept;
  }

  /// The `clientRequest` of an update, empty when there is nothing to update. It may hold secrets.
  ObjectNode update(Session session, JsonNode change) {
    ObjectNode request = change.deepCopy().asObject();
    request.remove("layout");
    if (request.has(PUSH)) {
      request.set(PUSH, push(session, change));
    }
    if (request.path("streamSubscribe") instanceof ObjectNode subscribe) {
      for (String lists : new String[] {"audioUidList", "videoUidList"}) {
        if (subscribe.has(lists)) {
          ObjectNode spelled = json.createObjectNode();
          spelling.move(subscribe.get(lists), spelled);
          subscribe.set(lists, spelled);
        }
      }
    }
    return request;
  }

  private JsonNode push(Session session, JsonNode change) {
    return json.readTree(secrets.opened(session.id(), change.path(PUSH).stringValue()));
  }

  /// Makes the start of a recorder that takes over what its predecessor was changed to be.
  void into(Session session, ObjectNode start) {
    if (session.mode() == Mode.WEB) {
      page(session, start);
    } else {
      recording(session.changes(), start.withObject("/recordingConfig"));
    }
  }

  private void recording(JsonNode changes, ObjectNode recording) {
    ObjectNode lists = json.createObjectNode();
    if (changes.has("streamSubscribe")) {
      changes.path("streamSubscribe").forEach(medium -> spelling.move(medium, lists));
    } else {
      spelling.move(recording, lists);
    }
    Spelling.remove(recording);
    lists.forEachEntry(recording::set);
    if (changes.has("layout")) {
      ObjectNode transcoding = recording.withObject("/transcodingConfig");
      transcoding.remove(Layout.MEMBERS);
      changes.path("layout").forEachEntry(transcoding::set);
    }
  }

  private void page(Session session, ObjectNode start) {
    JsonNode changes = session.changes();
    if (changes.isEmpty()) {
      return;
    }
    ObjectNode config = start.path("extensionServiceConfig").deepCopy().asObject();
    start.set("extensionServiceConfig", config);
    ArrayNode services = config.withArray("/extensionServices");
    JsonNode onhold = changes.path("webRecordingConfig").path("onhold");
    boolean pushes = false;
    for (JsonNode service : services) {
      ObjectNode parameters = service.asObject().withObject("/serviceParam");
      if (service.path("serviceName").asString("").equals(PUSH_SERVICE)) {
        pushes = true;
        if (changes.has(PUSH)) {
          parameters.set("outputs", push(session, changes).path("outputs"));
        }
      } else if (onhold.isBoolean()) {
        parameters.set("onhold", onhold);
      }
    }
    if (changes.has(PUSH) && !pushes) {
      services
          .addObject()
          .put("serviceName", PUSH_SERVICE)
          .put("errorHandlePolicy", "error_ignore")
          .set("serviceParam", push(session, changes));
    }
  }
}
