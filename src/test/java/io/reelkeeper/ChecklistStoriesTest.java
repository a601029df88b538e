package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.checklist.Checklist;
import io.reelkeeper.checklist.Checklists;
import io.reelkeeper.sandbox.Faults.Fault;
import io.reelkeeper.sandbox.Faults.NoticeFault;
import io.reelkeeper.sandbox.Faults.Operation;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Agora's checklist says what real recordings have shown, and what it does not know.
final class ChecklistStoriesTest {

  private World world;

  @BeforeEach
  void begin() {
    world = World.fresh();
  }

  @Test
  void beforeTheFirstRecordingNothingIsTickedButWhatCanBeSeenNow() {
    JsonNode shown = checklist();

    assertThat(shown.path("items")).hasSize(10);
    assertThat(shown.path("items").valueStream().map(it -> it.path("number").intValue()).toList())
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertThat(state("service")).isEqualTo("not-yet");
    assertThat(state("channel-type")).isEqualTo("not-yet");
    assertThat(state("idle-time")).isEqualTo("not-yet");
    assertThat(state("limits")).isEqualTo("done");
    assertThat(state("domains")).isEqualTo("done");
    assertThat(part("40")).isEqualTo("not-yet");
    assertThat(part("12")).as("may never come").isEqualTo("unknown");
    assertThat(shown.at("/watchdog/state").stringValue()).isEqualTo("enforce");
  }

  @Test
  void oneWholeRecordingTicksWhatItProves() {
    World.Recording lesson = recorded("");

    assertThat(state("service")).isEqualTo("done");
    assertThat(item("service").path("session").stringValue()).isEqualTo(lesson.id.toString());
    assertThat(item("service").path("at").stringValue()).startsWith("20");
    assertThat(state("request-methods")).isEqualTo("done");
    assertThat(state("resources")).isEqualTo("done");
    assertThat(state("channel-type")).as("the files are there").isEqualTo("done");
    assertThat(state("parameters")).isEqualTo("done");
    assertThat(state("confirmed-starts")).isEqualTo("done");
    assertThat(state("idle-time")).isEqualTo("done");
    for (String event : new String[] {"40", "13", "11", "31"}) {
      assertThat(part(event)).as(event).isEqualTo("done");
    }
    assertThat(state("notifications")).as("1 and 12 were not seen").isEqualTo("unknown");
    world.notified(1, lesson.task(0).path("sid").stringValue(), "math-101", "1", "{}");
    world.notified(12, lesson.task(0).path("sid").stringValue(), "math-101", "1", "{}");
    assertThat(state("notifications")).isEqualTo("done");
  }

  @Test
  void anEventThatHadReasonsToComeAndDidNotIsWrong() {
    world.faults().notices(NoticeFault.LOSE, 40);

    recorded("");

    assertThat(part("40")).isEqualTo("wrong");
    assertThat(item("notifications").path("toDo").stringValue()).contains("Agora's console");
  }

  @Test
  void aRefusedAcquireNamesTheService() {
    world.faults().on(Operation.ACQUIRE, Fault.error(403, 1, "recording not enabled"));
    world.starts("math-101");

    assertThat(state("service")).isEqualTo("wrong");
    assertThat(item("service").path("detail").stringValue()).contains("403");
  }

  @Test
  void aRefusedStartNamesTheParameters() {
    world.faults().on(Operation.START, Fault.error(400, 2, "invalid transcodingConfig"));
    world.starts("math-101");

    assertThat(state("parameters")).isEqualTo("wrong");
    assertThat(state("service")).isEqualTo("done");
  }

  @Test
  void aShortIdleTimeIsWrong() {
    world.starts("math-101", "\"recording\": {\"maxIdleTime\": 30}");

    assertThat(state("idle-time")).isEqualTo("wrong");
  }

  @Test
  void aChannelThatAgoraCallsLiveIsNoConversation() {
    world.starts("math-101", "\"onIdle\": \"restart\", \"recording\": {\"channelType\": 0}");
    world.passesSeconds(10);
    assertThat(state("channel-type")).isEqualTo("unknown");

    world.sandbox().idle("math-101");
    world.passesSeconds(10);

    assertThat(world.requests("presence")).isNotEmpty();
    assertThat(item("channel-type").path("detail").stringValue()).contains("live");
    assertThat(state("channel-type")).isEqualTo("wrong");
  }

  @Test
  void tooManyRequestsAreSeenForADay() {
    world.faults().on(Operation.QUERY, Fault.error(429, 429, "too many requests").times(1));
    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(10);
    assertThat(state("limits")).isEqualTo("wrong");
    lesson.stops(); // a whole day's files are nobody's concern here

    world.jumps(Duration.ofDays(1));

    assertThat(state("limits")).isEqualTo("done");
  }

  @Test
  void aDomainThatDoesNotAnswerIsNamed() {
    JsonNode domains = item("nameless", "domains");

    assertThat(domains.path("state").stringValue()).isEqualTo("wrong");
    assertThat(domains.path("detail").stringValue()).contains("agora.invalid");
  }

  @Test
  void whoeverRendersItHasItWithoutHttp() {
    Checklist checklist = world.bean(Checklists.class).of("classroom");

    assertThat(checklist.items()).hasSize(Checklist.Point.values().length);
  }

  @Test
  void anAppThatThereIsNotHasNone() {
    assertThat(world.get("/v1/apps/nobody/checklist").statusCode()).isEqualTo(404);
  }

  private World.Recording recorded(String more) {
    World.Recording lesson = world.starts("math-101", more);
    world.passesSeconds(60);
    lesson.stops();
    world.passes(Duration.ofMinutes(2));
    return lesson;
  }

  private JsonNode checklist() {
    return checklist("classroom");
  }

  private JsonNode checklist(String app) {
    var answer = world.get("/v1/apps/" + app + "/checklist");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  private JsonNode item(String name) {
    return item("classroom", name);
  }

  private JsonNode item(String app, String name) {
    return checklist(app)
        .path("items")
        .valueStream()
        .filter(it -> it.path("name").stringValue().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String state(String name) {
    return item(name).path("state").stringValue();
  }

  private String part(String event) {
    return item("notifications")
        .path("parts")
        .valueStream()
        .filter(it -> it.path("name").stringValue().equals(event))
        .findFirst()
        .orElseThrow()
        .path("state")
        .stringValue();
  }
}
