package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.provider.Agora;
import io.reelkeeper.provider.Recorder;
import io.reelkeeper.sandbox.Faults.Fault;
import io.reelkeeper.sandbox.Faults.NoticeFault;
import io.reelkeeper.sandbox.Faults.Operation;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is changed while it records, and what of it recorders get that take over.
class UpdateStoriesTest {

  private static final String ONLY_THE_TEACHER =
      """
      {"streamSubscribe": {"audioUidList": {"subscribeAudioUids": ["7"]},
                           "videoUidList": {"unSubscribeVideoUids": ["8"]}}}
      """;

  private final JsonMapper json = JsonMapper.builder().build();
  private World world;

  @BeforeEach
  void world() {
    world = World.fresh();
  }

  private World.Recording live(String more) {
    return live(world.starts("math-101", more));
  }

  private World.Recording live(World.Recording recording) {
    world.passesSeconds(10);
    assertThat(recording.status()).isEqualTo("recording");
    return recording;
  }

  private World.Recording page() {
    return live(
        world.recording(
            world.post(
                "/v1/sessions",
                """
                {"app": "classroom", "channel": "board", "mode": "web", "storage": "primary",
                 "web": {"url": "https://lms.example/board"}}
                """)));
  }

  private void recorderDies(String channel) {
    world.sandbox().leave(channel);
    world.passesSeconds(60);
  }

  private JsonNode tree(String text) {
    return json.readTree(text);
  }

  @Test
  void aChangeReachesAgoraAndHoldsForTheRecorderThatTakesOver() {
    World.Recording lesson = live("\"recording\": {\"subscribeAudioUids\": [\"5\"]}");

    HttpResponse<String> answer = lesson.patched(ONLY_THE_TEACHER);
    recorderDies("math-101");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(tree(answer.body()).path("id").stringValue()).isEqualTo(lesson.id.toString());
    assertThat(lesson.sent("update").getFirst())
        .isEqualTo(
            tree(
                """
                {"streamSubscribe": {"audioUidList": {"subscribeAudioUids": ["7"]},
                                     "videoUidList": {"unsubscribeVideoUids": ["8"]}}}
                """));
    assertThat(lesson.tasks()).isEqualTo("ended/requested live/exited");
    JsonNode second = lesson.sent("start").getLast().path("recordingConfig");
    assertThat(second.path("subscribeAudioUids")).isEqualTo(tree("[\"7\"]"));
    assertThat(second.path("unsubscribeVideoUids")).isEqualTo(tree("[\"8\"]"));
    assertThat(second.has("unSubscribeVideoUids")).isFalse();
    assertThat(lesson.rules()).contains("UPDATE_SENT", "UPDATE_ACCEPTED", "UPDATE_CAUGHT_UP");
    assertThat(world.get("/v1/sessions/" + lesson.id + "/timeline?limit=200").body())
        .contains("Agora accepted the change", "\"update: granted (HTTP 200)\"");
  }

  @Test
  void aLaterSubscriptionReplacesTheEarlierOne() {
    World.Recording lesson = live("");
    lesson.patched(ONLY_THE_TEACHER);

    lesson.patched(
        """
        {"streamSubscribe": {"videoUidList": {"subscribeVideoUids": ["#allstream#"]}}}
        """);
    recorderDies("math-101");

    JsonNode second = lesson.sent("start").getLast().path("recordingConfig");
    assertThat(second.has("subscribeAudioUids")).isFalse();
    assertThat(second.path("subscribeVideoUids")).isEqualTo(tree("[\"#allstream#\"]"));
  }

  @Test
  void aLayoutIsMergedWithWhatIsThereAndSentWhole() {
    World.Recording lesson =
        live(
            """
            "recording": {"transcodingConfig": {"width": 640, "height": 360, "backgroundColor": "#112233",
              "mixedVideoLayout": 3,
              "layoutConfig": [{"x_axis": 0, "y_axis": 0, "width": 1, "height": 1}]}}
            """);

    assertThat(lesson.laidOut("{\"backgroundImage\": \"https://lms.example/b.png\"}").statusCode())
        .isEqualTo(200);
    assertThat(
            lesson.laidOut("{\"mixedVideoLayout\": 2, \"maxResolutionUid\": \"7\"}").statusCode())
        .isEqualTo(200);
    assertThat(lesson.laidOut("{\"backgroundColor\": null}").statusCode()).isEqualTo(200);
    recorderDies("math-101");

    List<JsonNode> layouts = lesson.sent("updateLayout");
    assertThat(layouts.get(0).propertyNames())
        .containsExactlyInAnyOrder(
            "backgroundColor", "mixedVideoLayout", "layoutConfig", "backgroundImage");
    assertThat(layouts.get(1))
        .isEqualTo(
            tree(
                """
                {"backgroundColor": "#112233", "mixedVideoLayout": 2, "maxResolutionUid": "7",
                 "backgroundImage": "https://lms.example/b.png"}
                """));
    JsonNode last =
        tree(
            """
            {"mixedVideoLayout": 2, "maxResolutionUid": "7",
             "backgroundImage": "https://lms.example/b.png"}
            """);
    assertThat(layouts.get(2)).isEqualTo(last);
    assertThat(layouts.getLast()).as("to the recorder that took over").isEqualTo(last);
    assertThat(lesson.sent("start").getLast().at("/recordingConfig/transcodingConfig"))
        .isEqualTo(
            tree(
                """
                {"width": 640, "height": 360, "mixedVideoLayout": 2, "maxResolutionUid": "7",
                 "backgroundImage": "https://lms.example/b.png"}
                """));
  }

  @Test
  void aRefusedChangeChangesNothing() {
    World.Recording lesson = live("");
    world.faults().on(Operation.UPDATE, Fault.error(400, 2, "Update: invalid subscribeAudioUids!"));

    HttpResponse<String> answer = lesson.patched(ONLY_THE_TEACHER);
    recorderDies("math-101");

    assertThat(answer.statusCode()).isEqualTo(422);
    JsonNode problem = tree(answer.body());
    assertThat(problem.path("type").stringValue()).isEqualTo("/problems/provider-rejected");
    assertThat(problem.path("provider").path("operation").stringValue()).isEqualTo("update");
    assertThat(problem.path("provider").path("code").intValue()).isEqualTo(2);
    assertThat(lesson.sent("start").getLast().path("recordingConfig").has("subscribeAudioUids"))
        .isFalse();
    assertThat(lesson.rules()).contains("UPDATE_REFUSED").doesNotContain("UPDATE_CAUGHT_UP");
  }

  @Test
  void aChangeWithoutAnAnswerCountsAsNotMadeAndMayBeSentAgain() {
    World.Recording lesson = live("");
    world.faults().on(Operation.UPDATE, Fault.error(504, 62, "request timeout").times(4));

    HttpResponse<String> first = lesson.patched(ONLY_THE_TEACHER);
    HttpResponse<String> again = lesson.patched(ONLY_THE_TEACHER);

    assertThat(first.statusCode()).isEqualTo(503);
    assertThat(first.headers().firstValue("Retry-After")).isPresent();
    assertThat(tree(first.body()).path("type").stringValue())
        .isEqualTo("/problems/provider-unavailable");
    assertThat(again.statusCode()).isEqualTo(200);
  }

  @Test
  void withoutALiveRecorderThereIsNothingToChange() {
    World.Recording lesson = world.starts("math-101");
    HttpResponse<String> early = lesson.patched(ONLY_THE_TEACHER);
    live(lesson).stops();
    world.passesSeconds(5);
    HttpResponse<String> late = lesson.laidOut("{\"mixedVideoLayout\": 1}");

    for (HttpResponse<String> answer : List.of(early, late)) {
      assertThat(answer.statusCode()).isEqualTo(409);
      assertThat(tree(answer.body()).path("type").stringValue())
          .isEqualTo("/problems/not-recording");
    }
    assertThat(world.requests("update")).isEmpty();
    assertThat(world.requests("updateLayout")).isEmpty();
  }

  @Test
  void aRecorderThatIsNotFoundIsLookedForAtOnce() {
    World.Recording lesson = live("");
    int before = world.requests("query").size();
    world.sandbox().kill("math-101");

    HttpResponse<String> answer = lesson.patched(ONLY_THE_TEACHER);
    world.settle();

    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(world.requests("query").size()).isGreaterThan(before);
    world.passes(Duration.ofMinutes(2));
    assertThat(lesson.tasks()).endsWith("live/not-found");
  }

  @Test
  void everyRecorderOfAHandOverGetsTheChange() {
    world.faults().notices(NoticeFault.LOSE, 13);
    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(11);
    assertThat(lesson.tasks()).isEqualTo("live/requested unconfirmed/ha-not-registered");

    assertThat(lesson.patched(ONLY_THE_TEACHER).statusCode()).isEqualTo(200);
    world.settle();

    assertThat(world.requests("update")).hasSize(2);
    assertThat(world.requests("update").stream().map(it -> it.path()).distinct()).hasSize(2);
  }

  @Test
  void aProcessThatDiesBeforeItStoresTheAnswerLeavesTheChangeToTheTimer() {
    World.Recording lesson = live("");
    Sessions sessions = world.bean(Sessions.class);
    Session session =
        sessions.apply(lesson.id, new Signal.UpdateAsked(tree(ONLY_THE_TEACHER))).session();
    Task task = session.tasks().getFirst();
    world
        .bean(Agora.class)
        .update(
            new Recorder(
                task.id(session),
                "classroom",
                session.mode(),
                "math-101",
                task.uid(),
                task.resourceId(),
                task.sid()),
            tree(ONLY_THE_TEACHER));
    // The process is dead now; another replica's caller has to wait for its answer.
    HttpResponse<String> crowded = lesson.laidOut("{\"mixedVideoLayout\": 1}");

    world.passes(Duration.ofMinutes(2));

    assertThat(crowded.statusCode()).isEqualTo(503);
    assertThat(world.requests("update")).hasSize(2);
    assertThat(lesson.rules()).contains("UPDATE_CROWDED", "UPDATE_ACCEPTED");
    assertThat(lesson.laidOut("{\"mixedVideoLayout\": 1}").statusCode()).isEqualTo(200);
    recorderDies("math-101");
    JsonNode second = lesson.sent("start").getLast().path("recordingConfig");
    assertThat(second.path("subscribeAudioUids")).isEqualTo(tree("[\"7\"]"));
    assertThat(second.at("/transcodingConfig/mixedVideoLayout").intValue()).isEqualTo(1);
  }

  @Test
  void manyChangesAtOnceTakeTheirTurns() throws Exception {
    World.Recording lesson = live("");
    List<Callable<Integer>> changes =
        IntStream.range(0, 12)
            .mapToObj(
                i ->
                    (Callable<Integer>)
                        () ->
                            world
                                .patiently(
                                    "PUT",
                                    "/v1/sessions/" + lesson.id + "/layout",
                                    "{\"backgroundColor\": \"#0000%02d\"}".formatted(i))
                                .statusCode())
            .toList();

    try (var hands = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> status : hands.invokeAll(changes)) {
        assertThat(status.get()).isEqualTo(200);
      }
    }

    assertThat(world.requests("updateLayout")).hasSize(12);
  }

  @Test
  void aPagePausesAndStaysPausedUnderAnotherRecorder() {
    World.Recording board = page();

    HttpResponse<String> answer = board.patched("{\"webRecordingConfig\": {\"onhold\": true}}");
    world.sandbox().kill("board");
    world.passes(Duration.ofMinutes(4));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(board.tasks()).endsWith("live/not-found");
    assertThat(
            board
                .sent("start")
                .getLast()
                .at("/extensionServiceConfig/extensionServices/0/serviceParam/onhold")
                .booleanValue())
        .isTrue();
  }

  @Test
  void theKeyOfAStreamIsNeitherShownNorKeptWithTheSession() {
    World.Recording board = page();
    world
        .faults()
        .on(Operation.UPDATE, Fault.answer(200, "{\"sid\": \"x\", \"resourceId\": \"y\"}"));

    HttpResponse<String> answer =
        board.patched(
            """
            {"rtmpPublishConfig": {"outputs": [{"rtmpUrl": "rtmps://cdn.example/live/top-secret-key"}]}}
            """);
    world
        .faults()
        .on(Operation.UPDATE, Fault.answer(200, "{\"sid\": \"x\", \"resourceId\": \"y\"}"));
    world.sandbox().kill("board");
    world.passes(Duration.ofMinutes(4));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(board.tasks()).endsWith("live/not-found");
    assertThat(
            board
                .sent("start")
                .getLast()
                .at("/extensionServiceConfig/extensionServices/1/serviceName")
                .stringValue())
        .isEqualTo("rtmp_publish_service");
    assertThat(
            world
                .jdbc()
                .sql(
                    """
                    select changes::text from session
                    union all select detail::text from signal_history
                    union all select request::text from provider_call
                    """)
                .query((row, _) -> Objects.toString(row.getString(1)))
                .list())
        .noneMatch(text -> text.contains("top-secret-key"))
        .anyMatch(text -> text.contains("rtmpPublishConfig"));
    assertThat(world.get("/v1/sessions/" + board.id + "/timeline?limit=200").body())
        .contains("event 100", "rtmps://cdn.example/...")
        .doesNotContain("top-secret-key");
  }

  @Test
  void anIndividualRecordingWithScreenshotsAloneEndsWithItsFilesNamed() {
    World.Recording lesson =
        live(
            world.recording(
                world.post(
                    "/v1/sessions",
                    """
                    {"app": "classroom", "channel": "exam", "mode": "individual", "storage": "primary",
                     "snapshots": {"captureInterval": 5}}
                    """)));
    world.passesSeconds(30);
    lesson.stops();
    world.passesSeconds(30);

    assertThat(lesson.status()).isEqualTo("stopped");
    JsonNode start = lesson.sent("start").getFirst();
    assertThat(start.has("recordingFileConfig")).isFalse();
    assertThat(start.path("snapshotConfig"))
        .isEqualTo(tree("{\"captureInterval\": 5, \"fileType\": [\"jpg\"]}"));
    List<String> files =
        lesson
            .shown()
            .path("files")
            .valueStream()
            .map(it -> it.path("name").stringValue())
            .toList();
    assertThat(files).isNotEmpty().allMatch(name -> name.endsWith(".jpg"));
  }

  @Test
  void aShortIdleTimeIsTakenWithAWarning() {
    HttpResponse<String> risky = world.asks("math-101", "\"recording\": {\"maxIdleTime\": 60}");
    HttpResponse<String> sound = world.asks("math-102", "");

    assertThat(risky.statusCode()).isEqualTo(202);
    assertThat(risky.headers().firstValue("Reelkeeper-Warning").orElseThrow())
        .contains("maxIdleTime is 60 s", "120 s or more");
    assertThat(sound.headers().firstValue("Reelkeeper-Warning")).isEmpty();
    World.Recording lesson = world.recording(risky);
    assertThat(world.get("/v1/sessions/" + lesson.id + "/timeline").body())
        .contains("Warned", "maxIdleTime is 60 s");
  }

  @Test
  void aRecordingThatOutlivesItsTokenWillBeTakenOver() {
    World.Recording lesson =
        live(
            world.recording(
                world.post(
                    "/v1/sessions",
                    """
                    {"app": "minting", "channel": "marathon", "mode": "composite", "storage": "primary"}
                    """)));

    makeDue("TOKEN");
    world.passesSeconds(20);

    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(lesson.tasks()).isEqualTo("ended/requested live/operator");
    assertThat(world.running()).hasSize(1);
  }

  @Test
  void aStorageTokenIsRefreshedAndAMissingOneIsWaitedFor() throws IOException {
    storageToken("first", Duration.ofHours(12));
    World.Recording lesson =
        live(
            world.recording(
                world.post(
                    "/v1/sessions",
                    """
                    {"app": "classroom", "channel": "math-101", "mode": "composite", "storage": "temporary"}
                    """)));
    assertThat(lesson.sent("start").getFirst().path("storageConfig").has("stsToken")).isTrue();
    assertThat(due("CREDENTIALS")).isBetween(Duration.ofMinutes(54), Duration.ofMinutes(56));

    Files.delete(World.STORAGE_TOKEN);
    makeDue("CREDENTIALS");
    world.settle();
    assertThat(lesson.reason()).isEqualTo("storage-token-late");
    assertThat(world.requests("update")).isEmpty();
    world.passesSeconds(60);
    assertThat(alarms()).containsExactly("storage-token-late");

    storageToken("second", Duration.ofHours(2));
    world.passesSeconds(31);

    assertThat(world.requests("update")).hasSize(1);
    JsonNode refreshed = lesson.sent("update").getFirst().path("storageConfig");
    assertThat(refreshed.path("stsExpiration").longValue())
        .isGreaterThan(world.now().getEpochSecond());
    assertThat(refreshed.toString()).doesNotContain("second");
    assertThat(lesson.reason()).isEmpty();
    assertThat(alarms()).containsExactly("storage-token-late", "storage-token-short");
  }

  @Test
  void aStartWaitsForAStorageToken() throws IOException {
    Files.deleteIfExists(World.STORAGE_TOKEN);
    World.Recording lesson =
        world.recording(
            world.post(
                "/v1/sessions",
                """
                {"app": "classroom", "channel": "math-101", "mode": "composite", "storage": "temporary"}
                """));
    world.passesSeconds(45);
    assertThat(lesson.status()).isEqualTo("starting");
    assertThat(alarms()).containsExactly("storage-token-late");

    storageToken("first", Duration.ofHours(12));
    world.passesSeconds(60);

    assertThat(lesson.status()).isEqualTo("recording");
    assertThat(lesson.reason()).isEmpty();
  }

  private void storageToken(String name, Duration life) throws IOException {
    Files.writeString(
        World.STORAGE_TOKEN,
        """
        {"accessKey": "%s-access", "secretKey": "%s-secret", "token": "%s-token", "expires": "%s"}
        """
            .formatted(name, name, name, world.now().plus(life)));
  }

  private List<String> alarms() {
    return world
        .jdbc()
        .sql("select data ->> 'kind' from outbox where type = 'alarm.raised' order by id")
        .query((row, _) -> Objects.toString(row.getString(1)))
        .list();
  }

  /// Hours need not pass second by second.
  private void makeDue(String kind) {
    assertThat(
            world
                .jdbc()
                .sql("update scheduled_tasks set execution_time = ? where task_name = ?")
                .param(Timestamp.from(world.now()))
                .param(kind)
                .update())
        .isOne();
  }

  private Duration due(String kind) {
    return Duration.between(
        world.now(),
        world
            .jdbc()
            .sql("select execution_time from scheduled_tasks where task_name = ?")
            .param(kind)
            .query((row, _) -> Objects.requireNonNull(row.getTimestamp(1)).toInstant())
            .single());
  }
}
