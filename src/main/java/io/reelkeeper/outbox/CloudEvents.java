package io.reelkeeper.outbox;

import java.time.Instant;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Events as CloudEvents 1.0 in JSON, the same for webhooks and streams.
@Component
public class CloudEvents {

  /// What every type begins with.
  public static final String PREFIX = "io.reelkeeper.";

  private final JsonMapper json;
  private final String source;

  CloudEvents(JsonMapper json, OutboxSettings settings) {
    this.json = json;
    this.source = settings.publicUrl().toString();
  }

  /// One line of JSON.
  public String json(StoredEvent event) {
    ObjectNode envelope = envelope(event.id().toString(), event.type(), event.at());
    envelope.put("subject", event.session().toString());
    envelope.put("app", event.app()); // an extension: not every `data` says it
    envelope.set("data", json.readTree(event.data()));
    return json.writeValueAsString(envelope);
  }

  /// An event that concerns nothing, to try an endpoint.
  String test(String id, String subscriber, Instant at) {
    ObjectNode envelope = envelope(id, "test", at);
    JsonNode data = json.createObjectNode().put("subscriber", subscriber);
    envelope.set("data", data);
    return json.writeValueAsString(envelope);
  }

  private ObjectNode envelope(String id, String type, Instant at) {
    return json.createObjectNode()
        .put("specversion", "1.0")
        .put("id", id)
        .put("source", source)
        .put("type", PREFIX + type)
        .put("time", at.toString())
        .put("datacontenttype", "application/json");
  }
}
