package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Faults.Fault;
import io.reelkeeper.sandbox.Faults.Operation;
import io.reelkeeper.sandbox.Ledger;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How a recording begins, whatever Agora and the network do.
class StartStoriesTest {

  private World world;

  @BeforeEach
  void world() {
    world = World.fresh();
  }

  @Test
  void aChannelIsRecordedFromRequestToFiles() {
    World.Recording lesson = world.starts("math-101", "\"prefix\": [\"lessons\"]");
    assertThat(lesson.status()).isEqualTo("starting");

    world.passesSeconds(40);
    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(lesson.tasks()).isEqualTo("live/requested");

    lesson.stops();
    world.passesSeconds(30);

    String sid = lesson.task(0).path("sid").stringValue();
    assertThat(lesson.status()).isEqualTo("stopped");
    assertThat(lesson.reason()).isEqualTo("requested");
    assertThat(lesson.task(0).path("haRegistered").booleanValue()).isTrue();
    assertThat(world.buckets().keys("recordings", "lessons/" + sid))
        .contains("lessons/" + sid + "_math-101.m3u8")
        .anyMatch(key -> key.endsWith(".ts"));
    assertThat(lesson.shown().path("files").path(0).path("name").stringValue())
        .isEqualTo("lessons/" + sid + "_math-101.m3u8");
    assertThat(world.running()).isEmpty();
  }

  @Test
  void theBusinessIsToldTheSessionAsTheApiShowsIt() {
    World.Recording lesson = world.starts("math-101", "\"labels\": {\"lesson\": \"42\"}");
    world.passesSeconds(10);

    JsonNode told =
        JsonMapper.shared()
            .readTree(
                world
                    .jdbc()
                    .sql("select data::text from outbox where type = 'session.recording'")
                    .query((row, _) -> row.getString(1))
                    .single());

    assertThat(told.path("id").stringValue()).isEqualTo(lesson.id.toString());
    assertThat(told.path("status").stringValue()).isEqualTo("recording");
    assertThat(told.path("tasks").path(0).path("status").stringValue()).isEqualTo("live");
    assertThat(told.path("labels").path("lesson").stringValue()).isEqualTo("42");
    assertThat(told.propertyNames()).containsAll(lesson.shown().propertyNames());
  }

  @Test
  void aNetworkFailureSkipsTheAlternateAndTheRouteIsRemembered() {
    world.sandbox().refuse(0);

    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(10);

    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(domains("acquire")).containsExactly(2);
    assertThat(domains("start")).containsExactly(2);
  }

  @Test
  void anUnknownNameGoesToTheAlternate() {
    HttpResponse<String> answer =
        world.post(
            "/v1/sessions",
            """
            {"app": "nameless", "channel": "c", "mode": "composite", "storage": "primary"}
            """);
    assertThat(answer.statusCode()).isEqualTo(202);
    world.settle();

    assertThat(domains("acquire")).containsExactly(1);
  }

  @Test
  void anAnswerOfAnyKindNeverChangesTheDomain() {
    world.faults().on(Operation.ACQUIRE, Fault.error(500, 501, "no_worker").times(2));

    World.Recording lesson = world.starts("math-101");

    assertThat(domains("acquire")).containsExactly(0, 0, 0);
    assertThat(lesson.tasks()).isEqualTo("unconfirmed/requested");
  }

  @Test
  void outOfReachOnEveryDomainFailsTheStartAndNothingRuns() {
    Stream.of(0, 1, 2).forEach(world.sandbox()::refuse);

    World.Recording lesson = world.starts("math-101");

    assertThat(lesson.status()).isEqualTo("failed");
    assertThat(lesson.reason()).isEqualTo("provider-unavailable");
    assertThat(lesson.shown().path("tasks")).isEmpty();
  }

  @Test
  void serverErrorsOfTheStartLeadToTheOtherUid() {
    world.faults().on(Operation.START, Fault.error(500, 502, "Failed to allocate").times(4));

    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(30);

    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(lesson.tasks()).isEqualTo("live/start-failed");
    assertThat(world.requests("start")).hasSize(5);
    assertThat(world.requests("acquire")).hasSize(2);
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void anUnfinishedStartKeepsItsResource() {
    world.faults().on(Operation.START, Fault.error(206, 65, "request not completed").times(2));

    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(20);

    assertThat(lesson.tasks()).isEqualTo("live/requested");
    assertThat(world.requests("acquire")).hasSize(1);
    assertThat(world.requests("start")).hasSize(3);
  }

  @Test
  void aRefusalIsTheCallersToMend() {
    world.faults().on(Operation.START, Fault.error(400, 2, "invalid transcodingConfig"));

    World.Recording lesson = world.starts("math-101");

    assertThat(lesson.status()).isEqualTo("failed");
    assertThat(lesson.reason()).isEqualTo("provider-rejected");
    assertThat(world.requests("start")).hasSize(1);
  }

  @Test
  void aStartWithoutAnAnswerIsAdoptedByItsFirstNotice() {
    world.faults().on(Operation.START, Fault.dropAfterWork());

    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(20);

    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(lesson.tasks()).isEqualTo("live/requested");
    assertThat(world.recorders()).hasSize(1);
    assertThat(lesson.task(0).path("sid").stringValue())
        .isEqualTo(world.recorders().getFirst().sid());
  }

  @ParameterizedTest
  @CsvSource({"201, 7, already started", "400, 53, task conflict"})
  void whatRunsAlreadyIsLookedForAndNotStartedOnceMore(int status, int code, String reason) {
    world.faults().on(Operation.START, Fault.error(status, code, reason).afterWork());

    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(20);

    assertThat(lesson.tasks()).isEqualTo("live/requested");
    assertThat(world.requests("start")).hasSize(1);
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void aStartWithoutAnAnswerAndWithoutNoticesStaysVisibleWhileTheOtherUidRecords() {
    world.faults().on(Operation.START, Fault.dropAfterWork()).silence();

    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(40);

    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(lesson.tasks()).isEqualTo("unknown/requested live/start-failed");

    world.faults().reset();
    world.passesSeconds(90);

    assertThat(lesson.tasks()).isEqualTo("ended/requested live/start-failed");
    assertThat(world.running()).hasSize(1);
  }

  @Test
  void startsOfUnknownOutcomeKeepNoRecorderFromOthers() {
    String start =
        """
        {"app": "narrow", "channel": "%s", "mode": "composite", "storage": "primary"}
        """;
    world.faults().on(Operation.START, Fault.drop().times(100)).silence();
    world.post("/v1/sessions", start.formatted("math-101"));
    world.passes(Duration.ofMinutes(5));
    assertThat(unknownStarts()).isGreaterThan(2);

    world.faults().reset();

    assertThat(world.post("/v1/sessions", start.formatted("math-102")).statusCode()).isEqualTo(202);
    assertThat(world.post("/v1/sessions", start.formatted("math-103")).statusCode()).isEqualTo(202);
    assertThat(world.post("/v1/sessions", start.formatted("math-104")).statusCode()).isEqualTo(503);
  }

  private int unknownStarts() {
    return world
        .jdbc()
        .sql("select count(*) from task where status = 'unknown'")
        .query(Integer.class)
        .single();
  }

  @Test
  void garbageInA200IsNoSuccess() {
    world.faults().on(Operation.START, Fault.garbage("<html>hello</html>").times(4)).silence();

    World.Recording lesson = world.starts("math-101");

    assertThat(lesson.tasks()).isEqualTo("unknown/requested");
    assertThat(lesson.status()).isEqualTo("starting");
  }

  @Test
  void aTaskThatIsNotConfirmedIn90SecondsIsReplaced() {
    String initialised =
        """
        {"resourceId": "r", "sid": "s", "serverResponse": {"status": 2}}
        """;
    world.faults().on(Operation.QUERY, Fault.answer(200, initialised).times(8));

    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(89);
    assertThat(lesson.tasks()).isEqualTo("unconfirmed/requested");
    world.passesSeconds(20);

    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(lesson.tasks()).contains("not-confirmed");
    assertThat(world.running()).hasSize(1);
  }

  @Test
  void fiftyIdenticalStartsMakeOneRecorder() throws Exception {
    List<Future<HttpResponse<String>>> answers;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<HttpResponse<String>> start = () -> world.asks("math-101", "");
      answers = threads.invokeAll(Stream.generate(() -> start).limit(50).toList());
    }
    world.passesSeconds(10);

    long accepted = 0;
    for (Future<HttpResponse<String>> answer : answers) {
      assertThat(answer.get().statusCode()).isIn(200, 202);
      accepted += answer.get().statusCode() == 202 ? 1 : 0;
    }
    assertThat(accepted).isEqualTo(1);
    assertThat(world.recorders()).hasSize(1);
    assertThat(world.requests("start")).hasSize(1);
  }

  private List<Integer> domains(String operation) {
    return world.requests(operation).stream().map(Ledger.Request::domain).toList();
  }
}
