package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A request is checked against all that it would meet, and leaves no trace.
final class PreflightStoriesTest {

  private static final String LESSON =
      """
      {"app": "classroom", "channel": "math-101", "mode": "composite", "storage": "%s"%s}
      """;

  private World world;

  @BeforeEach
  void begin() {
    world = World.fresh();
  }

  @Test
  void aGoodRequestIsReadyAndNothingIsStarted() {
    JsonNode shown = checked(LESSON.formatted("primary", ", \"prefix\": [\"lessons\", \"m1\"]"));

    assertThat(shown.path("ready").booleanValue()).as(shown.toString()).isTrue();
    assertThat(shown.path("checks").valueStream().map(it -> it.path("name").stringValue()))
        .containsExactly(
            "parameters",
            "credentials",
            "session",
            "uids",
            "token",
            "region",
            "prefix",
            "storage-write",
            "storage-read",
            "workers",
            "requests-per-second");
    assertThat(status(shown, "storage-write")).isEqualTo("ok");
    assertThat(status(shown, "storage-read")).isEqualTo("ok");
    assertThat(detail(shown, "prefix")).contains("lessons/m1/");
    assertThat(world.buckets().keys("recordings", "")).as("the probe is removed").isEmpty();
    assertThat(world.jdbc().sql("select count(*) from session").query(Integer.class).single())
        .isZero();
    assertThat(world.requests("acquire")).isEmpty();
    assertThat(world.requests("start")).isEmpty();
  }

  @Test
  void whatAStartWouldRefuseIsRefusedTheSame() {
    String wrong =
        LESSON.formatted("nowhere", ", \"recording\": {\"maxIdleTime\": 1}, \"prefix\": [\"a b\"]");

    HttpResponse<String> preflight = world.post("/v1/apps/classroom/preflight", wrong);
    HttpResponse<String> start = world.post("/v1/sessions", wrong);

    assertThat(preflight.statusCode()).isEqualTo(400);
    assertThat(JsonMapper.shared().readTree(preflight.body()).path("errors"))
        .isEqualTo(JsonMapper.shared().readTree(start.body()).path("errors"))
        .hasSize(3);
  }

  @Test
  void theAppOfThePathIsThatOfTheRequest() {
    HttpResponse<String> answer =
        world.post("/v1/apps/narrow/preflight", LESSON.formatted("primary", ""));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"/app\"");
    assertThat(
            world.post("/v1/apps/nobody/preflight", LESSON.formatted("primary", "")).statusCode())
        .isEqualTo(404);
  }

  @Test
  void aBucketThatTakesNothingIsNotReady() {
    world.buckets().fails("putBlob", 403);

    JsonNode shown = checked(LESSON.formatted("primary", ""));

    assertThat(shown.path("ready").booleanValue()).isFalse();
    assertThat(status(shown, "storage-write")).isEqualTo("failed");
    assertThat(detail(shown, "storage-write")).contains("403");
    assertThat(status(shown, "storage-read")).isEqualTo("unknown");
  }

  @Test
  void aBucketThatCannotBeReadRecordsAndIsNotAudited() {
    world.buckets().fails("list", 403);

    JsonNode shown = checked(LESSON.formatted("primary", ""));

    assertThat(shown.path("ready").booleanValue()).isTrue();
    assertThat(status(shown, "storage-read")).isEqualTo("warning");
  }

  @Test
  void aWriteOnlyProfileIsWrittenAndNeverRead() {
    world.buckets().fails("removeBlob", 403);
    world.buckets().forgetCalls();

    JsonNode shown = checked(LESSON.formatted("vault", ""));
    checked(LESSON.formatted("vault", ""));

    assertThat(shown.path("ready").booleanValue()).isTrue();
    assertThat(world.buckets().calls("list")).isZero();
    assertThat(world.buckets().keys("vault", ""))
        .as("one object, however often")
        .containsExactly("reelkeeper-probe.txt");
    assertThat(detail(shown, "storage-write")).contains("reelkeeper-probe.txt");
  }

  @Test
  void whatIsRecordedAlreadyAndItsUidsAreTold() {
    world.starts("math-101", "\"uid\": \"17\"");

    JsonNode shown = checked(LESSON.formatted("primary", ", \"slot\": \"two\", \"uid\": \"17\""));

    assertThat(status(shown, "uids")).isEqualTo("failed");
    assertThat(status(shown, "session")).isEqualTo("ok");
    assertThat(status(checked(LESSON.formatted("primary", "")), "session")).isEqualTo("warning");
    assertThat(status(shown, "credentials")).as("the start has proven them").isEqualTo("ok");
  }

  @Test
  void aTokenForAnotherChannelFails() {
    String token =
        "\"uid\": \"17\", \"backupUid\": \"18\", \"tokens\": {\"17\": \"%s\", \"18\": \"%s\"}";

    JsonNode strange = checked(LESSON.formatted("primary", ", " + token.formatted("x", "y")));
    JsonNode other =
        checked(LESSON.formatted("primary", ", " + token.formatted(OF_ANOTHER, OF_ANOTHER)));

    assertThat(status(strange, "token")).isEqualTo("unknown");
    assertThat(status(other, "token")).isEqualTo("failed");
    assertThat(other.toString()).doesNotContain(OF_ANOTHER);
  }

  @Test
  void anAppWithACertificateMintsTokens() {
    HttpResponse<String> answer =
        world.post(
            "/v1/apps/minting/preflight",
            LESSON.formatted("primary", "").replace("classroom", "minting"));

    assertThat(status(JsonMapper.shared().readTree(answer.body()), "token")).isEqualTo("ok");
  }

  @Test
  void noWorkerLeftIsNotReady() {
    for (String channel : new String[] {"a", "b"}) {
      world.recording(
          world.post(
              "/v1/sessions",
              LESSON
                  .formatted("primary", "")
                  .replace("classroom", "narrow")
                  .replace("math-101", channel)));
    }

    HttpResponse<String> answer =
        world.post(
            "/v1/apps/narrow/preflight",
            LESSON.formatted("primary", "").replace("classroom", "narrow"));

    JsonNode shown = JsonMapper.shared().readTree(answer.body());
    assertThat(shown.path("ready").booleanValue()).isFalse();
    assertThat(status(shown, "workers")).isEqualTo("failed");
  }

  @Test
  void aPageInAPrivateNetworkIsNotCalled() {
    JsonNode shown =
        checked(
            """
            {"app": "classroom", "channel": "board", "mode": "web", "storage": "primary",
             "web": {"url": "http://127.0.0.1:1/room"}, "page": {"probe": true}}
            """);

    assertThat(status(shown, "page")).isEqualTo("unknown");
    assertThat(detail(shown, "page")).contains("private");
    assertThat(status(shown, "page-probe")).isEqualTo("ok");
    assertThat(shown.path("ready").booleanValue()).isTrue();
  }

  /// Agora's published one: another App ID, another channel, long over.
  private static final String OF_ANOTHER =
      "007eJxTYBBbsMMnKq7p9Hf/HcIX5kce9b518kCiQgSr5Zrp4X1Tu6UUGCzNDZwdjU1TUs0Mkk1MzExMk5ISUy0SjQxND"
          + "cwMk4yN3b8IMEQwMTAwMoAwBIL4CgzmKeZGxmamqUmWFsYmFqbGluapxqnGaZYpJmYGSSkpiVwMRhYWRsYmhkbmx"
          + "gDCaiTj";

  private JsonNode checked(String body) {
    HttpResponse<String> answer = world.post("/v1/apps/classroom/preflight", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  private static JsonNode check(JsonNode shown, String name) {
    return shown
        .path("checks")
        .valueStream()
        .filter(it -> it.path("name").stringValue().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String status(JsonNode shown, String name) {
    return check(shown, name).path("status").stringValue();
  }

  private static String detail(JsonNode shown, String name) {
    return check(shown, name).path("detail").stringValue();
  }
}
