package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.reelkeeper.outbox.CloudEvents;
import io.reelkeeper.outbox.Courier;
import io.reelkeeper.outbox.EventFilter;
import io.reelkeeper.outbox.EventLog;
import io.reelkeeper.sandbox.Faults.Fault;
import io.reelkeeper.sandbox.Faults.NoticeFault;
import io.reelkeeper.sandbox.Faults.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Events are what `/v3/asyncapi.yaml` says: real ones, as recordings make them.
class AsyncApiTest {

  /// Contract §6.
  private static final List<String> CONTRACT =
      List.of(
          "session.recording",
          "session.recovering",
          "session.stopped",
          "session.failed",
          "task.started",
          "task.replaced",
          "task.ended",
          "task.unknown",
          "files.uploaded",
          "audit.settled",
          "alarm.raised",
          "alarm.cleared");

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private World world;
  private ObjectNode document;

  @BeforeEach
  void world() {
    world = World.fresh();
    Map<String, Object> yaml = new Yaml().load(world.get("/v3/asyncapi.yaml").body());
    document = JSON.valueToTree(yaml);
  }

  @Test
  void everyEventOfTheContractIsDocumentedForStreamsAndWebhooks() {
    assertThat(document.get("asyncapi").stringValue()).isEqualTo("3.0.0");
    assertThat(names("stream")).containsExactlyInAnyOrderElementsOf(CONTRACT);
    assertThat(names("webhook"))
        .containsAll(CONTRACT)
        .contains("test")
        .hasSize(CONTRACT.size() + 1);
  }

  private List<String> names(String channel) {
    return document
        .at("/channels/" + channel + "/messages")
        .valueStream()
        .map(reference -> document.at(reference.get("$ref").stringValue().substring(1)))
        .map(message -> message.get("name").stringValue())
        .map(name -> name.substring(CloudEvents.PREFIX.length()))
        .toList();
  }

  @Test
  void everyEventOfRealRecordingsIsAsDocumented() {
    lifeOfARecording();
    aStartWithoutAnAnswer();
    aRefusedStart();
    aWatchdogThatTripsAndIsArmedAgain();

    Map<String, JsonNode> seen = new TreeMap<>();
    List<JsonNode> events = told();
    for (JsonNode event : events) {
      assertThat(problems(event)).as(event.toString()).isEmpty();
      seen.put(type(event), event);
    }
    assertThat(seen.keySet()).containsExactlyInAnyOrderElementsOf(CONTRACT);
    seen.forEach(
        (type, event) -> {
          ObjectNode spoilt = ((ObjectNode) event).deepCopy();
          spoilt.set("data", JSON.createObjectNode());
          assertThat(problems(spoilt)).as("%s without its data", type).isNotEmpty();
          ObjectNode nameless = ((ObjectNode) event).deepCopy();
          nameless.remove("subject");
          assertThat(problems(nameless)).as("%s without a subject", type).isNotEmpty();
        });
  }

  private void lifeOfARecording() {
    World.Recording lesson = world.starts("lesson", "\"labels\": {\"lesson\": \"42\"}");
    world.passesSeconds(10);
    world.sandbox().kill("lesson");
    world.passes(Duration.ofMinutes(6));
    lesson.stops();
    world.passes(Duration.ofMinutes(3));
  }

  private void aStartWithoutAnAnswer() {
    world.faults().on(Operation.START, Fault.dropAfterWork()).silence();
    world.starts("lost");
    world.passes(Duration.ofMinutes(3));
    world.faults().reset();
  }

  private void aRefusedStart() {
    world.faults().on(Operation.START, Fault.error(400, 2, "invalid transcodingConfig"));
    world.asks("wrong", "");
    world.settle();
    world.faults().reset();
  }

  private void aWatchdogThatTripsAndIsArmedAgain() {
    world.faults().notices(NoticeFault.LOSE, 13);
    for (int i = 0; i < 6; i++) {
      world.starts("silent-" + i);
      world.passesSeconds(30);
    }
    world.faults().reset();
    world.starts("heard");
    world.passesSeconds(20);
  }

  private List<JsonNode> told() {
    long before = world.bean(EventLog.class).head();
    world.bean(Courier.class).runDue();
    return world
        .bean(EventLog.class)
        .after(before, Long.MAX_VALUE, new EventFilter(null, List.of(), null), 10_000)
        .stream()
        .map(event -> JSON.readTree(world.bean(CloudEvents.class).json(event)))
        .toList();
  }

  private static String type(JsonNode event) {
    return event.get("type").stringValue().substring(CloudEvents.PREFIX.length());
  }

  /// What the schema of its type has against an event.
  private List<Error> problems(JsonNode event) {
    String message =
        document
            .at("/channels/stream/messages")
            .propertyStream()
            .map(it -> it.getValue().get("$ref").stringValue().substring(1))
            .filter(it -> document.at(it).get("name").equals(event.get("type")))
            .findFirst()
            .orElseThrow();
    ObjectNode root = document.deepCopy();
    root.put("$ref", document.at(message + "/payload/$ref").stringValue());
    Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(root);
    return schema.validate(event);
  }
}
