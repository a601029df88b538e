package io.reelkeeper.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The HTTP side of starting, looking and stopping; Agora's side is played by signals.
@ApiTest
final class SessionControllerTest {

  private static final AtomicInteger CHANNELS = new AtomicInteger();

  private final WebTestClient http;
  private final Sessions sessions;
  private final JsonMapper json = new JsonMapper();

  SessionControllerTest(@Autowired WebTestClient http, @Autowired Sessions sessions) {
    this.http = http;
    this.sessions = sessions;
  }

  @Test
  void aStartThatAgoraAcceptsIsCreated() {
    ObjectNode request = request();
    var answer = startWhile(request, Map.of("Prefer", "wait=30"), this::granted);

    assertThat(answer.getStatus().value()).isEqualTo(201);
    JsonNode session = body(answer);
    assertThat(answer.getResponseHeaders().getFirst(HttpHeaders.LOCATION))
        .isEqualTo("/v1/sessions/" + session.get("id").stringValue());
    assertThat(answer.getResponseHeaders().getFirst("Preference-Applied")).isEqualTo("wait=30");
    assertThat(session.propertyNames())
        .containsExactly(
            "id",
            "app",
            "channel",
            "mode",
            "slot",
            "assurance",
            "status",
            "reason",
            "storage",
            "tasks",
            "files",
            "audit",
            "labels",
            "createdAt",
            "updatedAt",
            "stoppedAt");
    assertThat(session.get("status").stringValue()).isEqualTo("starting");
    JsonNode task = session.get("tasks").get(0);
    assertThat(task.propertyNames())
        .containsExactly(
            "number",
            "sid",
            "resourceId",
            "uid",
            "status",
            "cause",
            "startedAt",
            "confirmedAt",
            "endedAt",
            "endReason",
            "m3u8",
            "haRegistered");
    assertThat(task.get("status").stringValue()).isEqualTo("unconfirmed");
    assertThat(task.get("cause").stringValue()).isEqualTo("requested");
    assertThat(get(session.get("id").stringValue(), ApiTest.READ)).isEqualTo(session);
  }

  @Test
  void aStartThatTakesLongerThanTheCallerWaitsIsAccepted() {
    var answer = start(request(), Map.of("Prefer", "respond-async, wait=0"));

    assertThat(answer.getStatus().value()).isEqualTo(202);
    assertThat(answer.getResponseHeaders().getFirst(HttpHeaders.LOCATION))
        .startsWith("/v1/sessions/");
    assertThat(body(answer).get("status").stringValue()).isEqualTo("starting");
    // an intent is no recording
    assertThat(body(answer).get("tasks")).isEmpty();
  }

  @Test
  void theSameRecordingAgainIsTheSessionThatIsThere() {
    ObjectNode request = request();
    JsonNode first = body(start(request, Map.of("Prefer", "wait=0")));
    request.withObject("/recording").put("maxIdleTime", 300); // the default, said
    request.withObject("/labels").put("more", "labels");

    var again = start(request, Map.of("Prefer", "wait=0"));

    assertThat(again.getStatus().value()).isEqualTo(200);
    assertThat(body(again).get("id")).isEqualTo(first.get("id"));
  }

  @Test
  void anotherConfigurationOfTheSameRecordingIsAConflict() {
    ObjectNode request = request();
    JsonNode active = body(start(request, Map.of("Prefer", "wait=0")));
    request.put("storage", "archive").putArray("prefix").add("elsewhere");
    request.withObject("/recording").put("maxIdleTime", 60);

    var conflict = start(request, Map.of());

    JsonNode problem = problem(conflict, 409, "channel-already-recorded");
    assertThat(problem.get("activeSession").get("id")).isEqualTo(active.get("id"));
    assertThat(problem.get("conflicts"))
        .isEqualTo(
            json.readTree(
                """
                [ {"field": "storage", "active": "primary", "requested": "archive"},
                  {"field": "prefix", "active": [], "requested": ["elsewhere"]},
                  {"field": "recording.maxIdleTime", "active": 300, "requested": 60} ]
                """));
  }

  @Test
  void anotherSlotIsAnotherRecording() {
    ObjectNode request = request();
    start(request, Map.of("Prefer", "wait=0"));
    request.put("slot", "second").put("storage", "archive");
    assertThat(start(request, Map.of("Prefer", "wait=0")).getStatus().value()).isEqualTo(202);
  }

  @Test
  void aRefusalOfAgoraIsShownWithWhatToCheck() {
    var answer =
        startWhile(
            request(),
            Map.of(),
            session -> {
              acquired(session);
              sessions.apply(
                  session.id(),
                  new Signal.StartRefused(
                      1, "start", 400, 2, "invalid parameter", "Check the layout."));
            });
    JsonNode problem = problem(answer, 422, "provider-rejected");
    assertThat(problem.get("detail").stringValue()).isEqualTo("Check the layout.");
    assertThat(problem.get("provider"))
        .isEqualTo(
            json.readTree(
                """
                {"operation": "start", "httpStatus": 400, "code": 2, "reason": "invalid parameter"}
                """));
  }

  @Test
  void anIdempotencyKeyAnswersWithTheFirstAnswerEvenAfterTheEnd() {
    ObjectNode request = request();
    Map<String, String> headers = Map.of("Idempotency-Key", UUID.randomUUID().toString());
    var first = startWhile(request, headers, this::granted);
    stop(body(first).get("id").stringValue(), "wait=0");

    var again = start(request, headers);

    assertThat(again.getStatus().value()).isEqualTo(201);
    assertThat(again.getResponseBody()).isEqualTo(first.getResponseBody());
    assertThat(again.getResponseHeaders().getLocation())
        .isEqualTo(first.getResponseHeaders().getLocation());
  }

  @Test
  void anIdempotencyKeyStandsForOneBody() {
    ObjectNode request = request();
    Map<String, String> headers =
        Map.of("Idempotency-Key", UUID.randomUUID().toString(), "Prefer", "wait=0");
    start(request, headers);
    request.put("slot", "other");
    problem(start(request, headers), 422, "idempotency-key-reused");
  }

  @Test
  void fiftyEqualStartsAtOnceGetOneSessionAndOneAnswer() {
    ObjectNode request = request();
    Map<String, String> headers = Map.of("Idempotency-Key", UUID.randomUUID().toString());
    var starts = new ArrayList<CompletableFuture<EntityExchangeResult<String>>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        starts.add(CompletableFuture.supplyAsync(() -> start(request, headers), threads));
      }
      granted(opened(request));
    }
    assertThat(starts)
        .extracting(CompletableFuture::join)
        .extracting(answer -> answer.getStatus().value() + " " + answer.getResponseBody())
        .hasSize(50)
        .containsOnly("201 " + starts.getFirst().join().getResponseBody());
  }

  @Test
  void aFailureThatPassesGivesTheKeyFreeAgain() {
    ObjectNode request = request();
    Map<String, String> headers = Map.of("Idempotency-Key", UUID.randomUUID().toString());
    var first = startWhile(request, headers, this::noWorkers);
    problem(first, 503, "workers-exhausted");
    assertThat(first.getResponseHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isNotBlank();

    var again = startWhile(request, headers, this::granted);

    assertThat(again.getStatus().value()).isEqualTo(201);
  }

  @Test
  void aUidThatIsInTheChannelAlreadyIsAViolation() {
    ObjectNode request = request();
    start(request.put("uid", "77"), Map.of("Prefer", "wait=0"));
    JsonNode problem =
        problem(start(request.put("slot", "second"), Map.of()), 400, "invalid-request");
    assertThat(problem.get("errors").get(0).get("pointer").stringValue()).isEqualTo("/uid");
  }

  @Test
  void nothingIsStoredOfAnInvalidRequest() {
    ObjectNode request = request().put("mode", "mix").put("storage", "nowhere");
    JsonNode problem = problem(start(request, Map.of()), 400, "invalid-request");
    assertThat(problem.get("errors"))
        .extracting(error -> error.get("pointer").stringValue())
        .containsExactly("/mode", "/storage");
    assertThat(list("?channel=" + request.get("channel").stringValue()).get("items")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"wait=61", "wait=-1", "wait=x", "wait", "wait=", "wait=1.5"})
  void aWaitThatCannotBeUnderstoodIsRefused(String prefer) {
    problem(start(request(), Map.of("Prefer", prefer)), 400, "invalid-request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "with space", "ümlaut"})
  void anIdempotencyKeyOutsideTheRulesIsRefused(String key) {
    problem(start(request(), Map.of("Idempotency-Key", key)), 400, "invalid-request");
    problem(start(request(), Map.of("Idempotency-Key", "k".repeat(256))), 400, "invalid-request");
  }

  @Test
  void aStopIsAcceptedUntilTheEndIsProvenAndDoneAfterIt() {
    JsonNode session = body(startWhile(request(), Map.of(), this::granted));
    String id = session.get("id").stringValue();

    assertThat(stop(id, "wait=0").getStatus().value()).isEqualTo(202);
    sessions.apply(
        UUID.fromString(id), new Signal.StopAnswered(1, Signal.StopOutcome.DONE, List.of()));

    var done = stop(id, "wait=0");
    assertThat(done.getStatus().value()).isEqualTo(200);
    assertThat(body(done).get("status").stringValue()).isEqualTo("stopped");
    assertThat(body(done).get("stoppedAt").isNull()).isFalse();
    assertThat(stop(id, "wait=0").getStatus().value()).isEqualTo(200);
  }

  @Test
  void sessionsOfOthersDoNotExist() {
    JsonNode session = body(start(request(), Map.of("Prefer", "wait=0")));
    String id = session.get("id").stringValue();
    for (String path : List.of(id, UUID.randomUUID().toString(), "1", "1-1-1-1-1")) {
      problem(
          exchange(http.get().uri("/v1/sessions/" + path), ApiTest.NEIGHBOUR), 404, "not-found");
      problem(
          exchange(http.post().uri("/v1/sessions/" + path + "/stop"), ApiTest.NEIGHBOUR),
          404,
          "not-found");
    }
    assertThat(
            body(exchange(http.get().uri("/v1/sessions?app=classroom"), ApiTest.NEIGHBOUR))
                .get("items"))
        .isEmpty();
    assertThat(get(id, ApiTest.ADMIN).get("id")).isEqualTo(session.get("id"));
  }

  @Test
  void theListIsCutIntoPagesNewestFirst() {
    String lesson = UUID.randomUUID().toString();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ObjectNode request = request();
      request.withObject("/labels").put("lesson", lesson).put("part:" + i, "x:y");
      ids.addFirst(body(start(request, Map.of("Prefer", "wait=0"))).get("id").stringValue());
    }

    List<String> seen = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    do {
      JsonNode page =
          list(
              "?label=lesson:"
                  + lesson
                  + "&limit=2"
                  + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
      page.get("items").forEach(item -> seen.add(item.get("id").stringValue()));
      cursor = page.get("next").isNull() ? "" : page.get("next").stringValue();
      pages++;
    } while (!cursor.isEmpty());

    assertThat(seen).isEqualTo(ids);
    assertThat(pages).isEqualTo(3);
    assertThat(list("?label=lesson:" + lesson + "&status=recording&status=stopped").get("items"))
        .isEmpty();
    assertThat(list("?label=lesson:" + lesson + "&status=recording&status=starting").get("items"))
        .hasSize(5);
    assertThat(list("?label=lesson:" + lesson + "&since=2999-01-01T00:00:00Z").get("items"))
        .isEmpty();
    assertThat(list("?label=lesson:" + lesson + "&until=2000-01-01T00:00:00Z").get("items"))
        .isEmpty();
  }

  @Test
  void theTimesOfAListAreExactToTheMicrosecond() {
    String lesson = UUID.randomUUID().toString();
    ObjectNode request = request();
    request.withObject("/labels").put("lesson", lesson);
    JsonNode session = body(start(request, Map.of("Prefer", "wait=0")));
    Instant created = Instant.parse(session.get("createdAt").stringValue());
    Instant next = created.plus(1, ChronoUnit.MICROS);

    String of = "?label=lesson:" + lesson;
    assertThat(list(of + "&since=" + created + "&until=" + next).get("items")).hasSize(1);
    assertThat(list(of + "&since=" + next).get("items")).isEmpty();
    assertThat(list(of + "&until=" + created).get("items")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=",
        "limit=1&limit=2",
        "cursor=x",
        "cursor=",
        "status=STARTING",
        "status=starting,failed",
        "since=yesterday",
        "until=2026-01-01",
        "since=%2B999999999-01-01T00:00:00Z",
        "label=lesson",
        "label=:42",
        "label="
      })
  void aListIsNotAskedForInVagueWords(String query) {
    problem(
        exchange(http.get().uri("/v1/sessions?" + query), ApiTest.READ), 400, "invalid-request");
  }

  @Test
  void secretsAreNeverShown() {
    ObjectNode request = request();
    request.withObject("/tokens").put("77", "007-my-token");
    request.withObject("/recording").put("decryptionMode", 1).put("secret", "my-channel-key");

    var answer = startWhile(request, Map.of(), this::granted);

    assertThat(answer.getStatus().value()).isEqualTo(201);
    assertThat(body(answer).get("tasks").get(0).get("uid").stringValue()).isEqualTo("77");
    assertThat(answer.getResponseBody())
        .doesNotContain("007-my-token", "my-channel-key", "storage-secret", "storage-access");
    UUID id = UUID.fromString(body(answer).get("id").stringValue());
    assertThat(sessions.find(id).orElseThrow().request().toString())
        .doesNotContain("my-token", "my-channel-key");
    assertThat(sessions.secrets(id).orElseThrow()).contains("007-my-token", "my-channel-key");

    request.withObject("/recording").put("secret", "another-channel-key");
    JsonNode problem = problem(start(request, Map.of()), 409, "channel-already-recorded");
    assertThat(problem.get("conflicts").toString())
        .doesNotContain("channel-key")
        .contains("(secret)");
  }

  private ObjectNode request() {
    return json.createObjectNode()
        .put("app", "classroom")
        .put("channel", "room-" + CHANNELS.incrementAndGet())
        .put("mode", "composite")
        .put("storage", "primary");
  }

  private EntityExchangeResult<String> start(ObjectNode request, Map<String, String> headers) {
    return http.post()
        .uri("/v1/sessions")
        .headers(all -> all.setBearerAuth(ApiTest.OPERATE))
        .headers(all -> headers.forEach(all::set))
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(request.toString())
        .exchange()
        .expectBody(String.class)
        .returnResult();
  }

  /// Starts, and lets Agora's side act as soon as the session is there.
  private EntityExchangeResult<String> startWhile(
      ObjectNode request, Map<String, String> headers, java.util.function.Consumer<Session> agora) {
    var answer = CompletableFuture.supplyAsync(() -> start(request, headers));
    agora.accept(opened(request));
    return answer.join();
  }

  /// Waits for the session of a request that is on its way.
  private Session opened(ObjectNode request) {
    String channel = request.get("channel").stringValue();
    var listing =
        new Sessions.Listing(
            null, channel, Set.of(Session.Status.STARTING), Map.of(), null, null, null, 1);
    @Nullable Session found = null;
    while (found == null) {
      found = sessions.list(listing).stream().findFirst().orElse(null);
      Thread.onSpinWait();
    }
    return found;
  }

  private void granted(Session session) {
    acquired(session);
    String sid = session.id().toString().replace("-", "");
    sessions.apply(session.id(), new Signal.StartGranted(1, "resource-1", sid));
  }

  private void acquired(Session session) {
    sessions.apply(session.id(), new Signal.StartDue(1));
    int attempt = sessions.state(session.id()).orElseThrow().task(1).orElseThrow().attempt();
    sessions.apply(session.id(), new Signal.Acquired(1, attempt, "resource-1"));
  }

  /// Agora's 406 until the schedule of attempts is over.
  private void noWorkers(Session session) {
    var busy =
        new Signal.StartBusy(1, "acquire", 400, 406, "vendor_over_load", Duration.ofSeconds(1));
    for (int i = 0; i < 20; i++) {
      sessions.apply(session.id(), busy);
    }
  }

  private EntityExchangeResult<String> stop(String id, String prefer) {
    return exchange(
        http.post().uri("/v1/sessions/" + id + "/stop").header("Prefer", prefer), ApiTest.OPERATE);
  }

  private JsonNode get(String id, String key) {
    return body(exchange(http.get().uri("/v1/sessions/" + id), key));
  }

  private JsonNode list(String query) {
    return body(exchange(http.get().uri("/v1/sessions" + query), ApiTest.READ));
  }

  private static EntityExchangeResult<String> exchange(
      WebTestClient.RequestHeadersSpec<?> request, String key) {
    return request
        .headers(headers -> headers.setBearerAuth(key))
        .exchange()
        .expectBody(String.class)
        .returnResult();
  }

  private JsonNode problem(EntityExchangeResult<String> answer, int status, String slug) {
    assertThat(answer.getStatus().value()).as(answer.getResponseBody()).isEqualTo(status);
    assertThat(answer.getResponseHeaders().getContentType())
        .isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
    assertThat(body(answer).get("type").stringValue()).isEqualTo("/problems/" + slug);
    return body(answer);
  }

  private JsonNode body(EntityExchangeResult<String> answer) {
    return json.readTree(answer.getResponseBody());
  }
}
