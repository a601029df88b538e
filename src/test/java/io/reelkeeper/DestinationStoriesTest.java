package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where a session's files go is decided once, whoever asks, changes or restarts.
class DestinationStoriesTest {

  private static final int ROUNDS = 12;

  private World world;

  @BeforeEach
  void world() {
    world = World.fresh();
  }

  private static String request(String channel, String storage) {
    return """
    {"app": "classroom", "channel": "%s", "mode": "composite", "storage": "%s"}
    """
        .formatted(channel, storage);
  }

  private List<String> alarms() {
    return world
        .jdbc()
        .sql("select data ->> 'kind' from outbox where type = 'alarm.raised' order by id")
        .query((row, _) -> row.getString(1))
        .list();
  }

  @Test
  void ofTwoStartsWithDifferentStorageOnTwoReplicasOneWinsAndTheOtherIsToldWhatDiffers() {
    try (World.Replica replica = world.replica(Map.of())) {
      for (int round = 0; round < ROUNDS; round++) {
        String channel = "room-" + round;
        // who comes first alternates; the other one comes up to 10 ms later
        Executor first = Runnable::run;
        Executor second =
            CompletableFuture.delayedExecutor(10L - 10L * round / ROUNDS, TimeUnit.MILLISECONDS);
        boolean turned = round % 2 == 1;
        Supplier<HttpResponse<String>> here =
            () -> world.post("/v1/sessions", request(channel, "primary"));
        Supplier<HttpResponse<String>> there = () -> replica.asks(request(channel, "backup"));
        var late = CompletableFuture.supplyAsync(turned ? here : there, second);
        var early = CompletableFuture.supplyAsync(turned ? there : here, first);
        List<HttpResponse<String>> answers = List.of(early.join(), late.join());
        world.settle();

        assertThat(answers)
            .extracting(HttpResponse::statusCode)
            .containsExactlyInAnyOrder(202, 409);
        JsonNode won = body(answers, false);
        JsonNode lost = body(answers, true);
        assertThat(lost.path("type").stringValue()).isEqualTo("/problems/channel-already-recorded");
        assertThat(lost.at("/activeSession/id")).isEqualTo(won.path("id"));
        assertThat(lost.path("conflicts").valueStream().map(it -> it.path("field").stringValue()))
            .containsExactly("storage");
        String winner = won.at("/storage/profile").stringValue();
        assertThat(lost.at("/conflicts/0/active").stringValue()).isEqualTo(winner);
        assertThat(lost.at("/conflicts/0/requested").stringValue())
            .isEqualTo(winner.equals("primary") ? "backup" : "primary");
      }
    }
    assertThat(world.running()).hasSize(ROUNDS);
  }

  private static JsonNode body(List<HttpResponse<String>> answers, boolean refused) {
    return answers.stream()
        .filter(it -> (it.statusCode() == 409) == refused)
        .map(it -> JsonMapper.shared().readTree(it.body()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void rotatedCredentialsGoOutWithTheNextStartToTheSamePlace() {
    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(30);
    String place = lesson.shown().path("storage").toString();
    try (World.Replica rotated =
        world.replica(
            Map.of(
                "reelkeeper.storage.primary.access-key", "new-access",
                "reelkeeper.storage.primary.secret-key", "new-secret"))) {
      world.sandbox().kill("math-101");
      rotated.passesSeconds(240);
    }

    List<JsonNode> sent =
        lesson.sent("start").stream().map(it -> it.path("storageConfig")).toList();
    // the store of this test knows no new keys, so recorders that use them are replaced again
    assertThat(sent).hasSizeGreaterThan(1);
    assertThat(sent.getLast().path("bucket")).isEqualTo(sent.getFirst().path("bucket"));
    for (String key : List.of("accessKey", "secretKey")) {
      assertThat(sent.getLast().path(key).stringValue())
          .startsWith("fp:")
          .isNotEqualTo(sent.getFirst().path(key).stringValue());
    }
    assertThat(lesson.shown().path("storage")).hasToString(place);
    assertThat(alarms()).doesNotContain("destination-changed");
  }

  @Test
  void aProfileThatLeadsElsewhereByNowIsNotSentAndRaisesAnAlarm() {
    World.Recording lesson = world.starts("math-101");
    world.passesSeconds(30);
    try (World.Replica moved =
        world.replica(Map.of("reelkeeper.storage.primary.bucket", "elsewhere"))) {
      world.sandbox().kill("math-101");
      moved.passesSeconds(360);

      assertThat(world.requests("start")).hasSize(1);
      assertThat(lesson.status()).isEqualTo("failed");
      assertThat(lesson.reason()).isEqualTo("destination-changed");
      // once while the old recorder might have come back, once when it was gone for good
      assertThat(alarms()).filteredOn("destination-changed"::equals).hasSize(2);

      // what is new goes to the new place
      JsonNode next =
          JsonMapper.shared().readTree(moved.asks(request("math-102", "primary")).body());
      assertThat(next.at("/storage/bucket").stringValue()).isEqualTo("elsewhere");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bucket = 'elsewhere'",
        "region = 'EU_WEST_1'",
        "vendor = 'aws'",
        "endpoint = 'http://169.254.169.254'",
        "prefix = '{other}'",
        "storage_profile = 'backup'",
        "fingerprint = 'sha256:0'"
      })
  void noStatementMovesADestination(String change) {
    World.Recording lesson = world.starts("math-101");

    assertThatThrownBy(
            () ->
                world
                    .jdbc()
                    .sql("update session set " + change + " where id = ?")
                    .param(lesson.id)
                    .update())
        .isInstanceOf(DataIntegrityViolationException.class)
        .hasMessageContaining("the destination of session " + lesson.id + " is fixed");
  }

  @Test
  void eachStartOfASessionSendsThePlaceThatWasAccepted() {
    World.Recording lesson = world.starts("math-101", "\"prefix\": [\"lessons\", \"math\"]");
    world.passesSeconds(30);
    world.sandbox().kill("math-101");
    world.passesSeconds(240);

    Stream<JsonNode> places =
        lesson.sent("start").stream().map(it -> it.path("storageConfig")).distinct();
    assertThat(places).singleElement().asString().contains("lessons").contains("recordings");
    assertThat(lesson.sent("start")).hasSizeGreaterThan(1);
  }
}
