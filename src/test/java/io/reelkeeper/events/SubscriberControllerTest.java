package io.reelkeeper.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.api.ApiTest;
import io.reelkeeper.outbox.BusinessEvent;
import io.reelkeeper.outbox.Outbox;
import io.reelkeeper.outbox.Receiver;
import io.reelkeeper.outbox.Receiver.Reply;
import io.reelkeeper.outbox.Receiver.Told;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What an operator sees of subscribers and can do about them, with the courier at work.
@ApiTest
final class SubscriberControllerTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Receiver RECEIVER = new Receiver();

  private final WebTestClient http;
  private final Outbox outbox;

  SubscriberControllerTest(@Autowired WebTestClient http, @Autowired Outbox outbox) {
    this.http = http;
    this.outbox = outbox;
  }

  @DynamicPropertySource
  static void subscribers(DynamicPropertyRegistry properties) {
    for (String name : List.of("lms", "crm")) {
      String prefix = "reelkeeper.subscribers." + name + ".";
      properties.add(prefix + "url", () -> RECEIVER.url() + "?token=sesame");
      properties.add(prefix + "secret", () -> Receiver.SECRET);
      properties.add(prefix + "allow-private", () -> "true");
    }
    properties.add("reelkeeper.subscribers.lms.apps", () -> "classroom");
    properties.add("reelkeeper.subscribers.crm.events", () -> "alarm.*");
    properties.add("reelkeeper.outbox.live", () -> "true");
    properties.add("reelkeeper.outbox.poll", () -> "10ms");
  }

  @AfterAll
  static void close() {
    RECEIVER.close();
  }

  @BeforeEach
  void everybodyIsWell() {
    RECEIVER.answers(_ -> Reply.of(204));
    answer(ApiTest.ADMIN, "POST", "/v1/subscribers/lms/resume", HttpStatus.OK);
  }

  private JsonNode answer(String key, String method, String path, HttpStatus expected) {
    byte[] body =
        http.method(HttpMethod.valueOf(method))
            .uri(path)
            .headers(headers -> headers.setBearerAuth(key))
            .exchange()
            .expectStatus()
            .isEqualTo(expected)
            .expectBody()
            .returnResult()
            .getResponseBody();
    assertThat(new String(body, StandardCharsets.UTF_8))
        .doesNotContain("sesame", "whsec_", Receiver.SECRET.substring(6));
    return JSON.readTree(body);
  }

  private JsonNode lms() {
    return answer(ApiTest.READ, "GET", "/v1/subscribers", HttpStatus.OK).get(0);
  }

  private UUID happens() {
    UUID session = UUID.randomUUID();
    outbox.write(
        List.of(
            new BusinessEvent(
                "session.stopped",
                session,
                "classroom",
                Instant.parse("2026-03-01T12:00:00Z"),
                Map.of("n", 1))));
    return session;
  }

  private static List<Told> told(UUID session) {
    return RECEIVER.told().stream()
        .filter(it -> it.event().path("subject").asString("").equals(session.toString()))
        .filter(it -> it.type().endsWith("session.stopped"))
        .toList();
  }

  @Test
  void aSubscriberIsShownToWhoMaySeeEverythingThatItIsTold() {
    assertThat(names(ApiTest.ADMIN)).containsExactly("crm", "lms");
    assertThat(names(ApiTest.READ)).containsExactly("lms");
    assertThat(names(ApiTest.NEIGHBOUR)).isEmpty();
    JsonNode lms = lms();
    assertThat(lms.get("url").stringValue()).isEqualTo(RECEIVER.url());
    assertThat(lms.get("apps").toString()).isEqualTo("[\"classroom\"]");
    assertThat(lms.get("state").stringValue()).isEqualTo("active");
    assertThat(lms.get("lagSeconds").longValue()).isZero();
  }

  private List<String> names(String key) {
    return answer(key, "GET", "/v1/subscribers", HttpStatus.OK)
        .valueStream()
        .map(it -> it.get("name").stringValue())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"replay?since=2026-03-01T00:00:00Z", "test", "resume"})
  void onlyAnAdminMayActOnSubscribers(String action) {
    for (String key : List.of(ApiTest.READ, ApiTest.OPERATE, ApiTest.NEIGHBOUR)) {
      JsonNode problem = answer(key, "POST", "/v1/subscribers/lms/" + action, HttpStatus.FORBIDDEN);
      assertThat(problem.get("detail").stringValue()).contains("`admin`");
    }
    JsonNode problem =
        answer(ApiTest.ADMIN, "POST", "/v1/subscribers/nobody/" + action, HttpStatus.NOT_FOUND);
    assertThat(problem.get("type").stringValue()).isEqualTo("/problems/not-found");
  }

  @Test
  void whatHappenedIsToldAndToldAgainOnRequest() {
    UUID session = happens();
    Awaitility.await().until(() -> told(session).size() == 1);

    JsonNode replayed =
        answer(
            ApiTest.ADMIN,
            "POST",
            "/v1/subscribers/lms/replay?since=2026-03-01T12:00:00Z",
            HttpStatus.ACCEPTED);

    assertThat(replayed.get("events").intValue()).isPositive();
    Awaitility.await().until(() -> told(session).size() == 2);
    assertThat(told(session)).extracting(Told::id).containsOnly(told(session).getFirst().id());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?since=", "?since=yesterday", "?since=2026-03-01"})
  void aReplayNeedsToKnowSinceWhen(String query) {
    answer(ApiTest.ADMIN, "POST", "/v1/subscribers/lms/replay" + query, HttpStatus.BAD_REQUEST);
  }

  @Test
  void aTestEventSaysWhatCameOfIt() {
    JsonNode well = answer(ApiTest.ADMIN, "POST", "/v1/subscribers/lms/test", HttpStatus.OK);
    assertThat(well.get("taken").booleanValue()).isTrue();
    assertThat(well.get("status").intValue()).isEqualTo(204);
    assertThat(well.get("error").isNull()).isTrue();

    RECEIVER.answers(_ -> Reply.of(500));
    JsonNode ill = answer(ApiTest.ADMIN, "POST", "/v1/subscribers/lms/test", HttpStatus.OK);
    assertThat(ill.get("taken").booleanValue()).isFalse();
    assertThat(ill.get("error").stringValue()).isEqualTo("answered 500");
  }

  @Test
  void anEndpointThatIsGoneIsPausedAlarmedAndResumed() {
    RECEIVER.answers(told -> Reply.of(told.type().startsWith("io.reelkeeper.alarm") ? 204 : 410));
    UUID session = happens();
    Awaitility.await().until(() -> lms().get("state").stringValue().equals("paused"));
    assertThat(lms().get("reason").stringValue()).isEqualTo("gone");
    assertThat(lms().get("sessionsWaiting").intValue()).isPositive();
    // the other subscriber is told of the alarm
    Awaitility.await()
        .until(
            () ->
                RECEIVER.told().stream()
                    .filter(it -> it.type().equals("io.reelkeeper.alarm.raised"))
                    .anyMatch(
                        it ->
                            it.event().at("/data/kind").asString("").equals("subscriber-paused")));

    RECEIVER.answers(_ -> Reply.of(204));
    JsonNode resumed = answer(ApiTest.ADMIN, "POST", "/v1/subscribers/lms/resume", HttpStatus.OK);

    assertThat(resumed.get("state").stringValue()).isEqualTo("active");
    Awaitility.await().until(() -> told(session).size() == 2);
    Awaitility.await().until(() -> lms().get("sessionsWaiting").intValue() == 0);
  }
}
