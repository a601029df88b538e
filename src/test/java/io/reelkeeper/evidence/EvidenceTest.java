package io.reelkeeper.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.api.ApiTest;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Signal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@ApiTest
final class EvidenceTest {

  private final WebTestClient http;
  private final Sessions sessions;
  private final JdbcClient jdbc;
  private final JsonMapper json = new JsonMapper();
  private UUID id = new UUID(0, 0);
  private String sid = "";

  EvidenceTest(
      @Autowired WebTestClient http, @Autowired Sessions sessions, @Autowired JdbcClient jdbc) {
    this.http = http;
    this.sessions = sessions;
    this.jdbc = jdbc;
  }

  /// A session that Agora has accepted, and that was heard of before and after it.
  @BeforeEach
  void aRecording() {
    String channel = UUID.randomUUID().toString();
    byte[] started =
        http.post()
            .uri("/v1/sessions")
            .headers(headers -> headers.setBearerAuth(ApiTest.OPERATE))
            .header("Prefer", "wait=0")
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue(
                """
                {"app": "classroom", "channel": "%s", "mode": "composite", "storage": "primary"}
                """
                    .formatted(channel))
            .exchange()
            .expectBody()
            .returnResult()
            .getResponseBody();
    id = UUID.fromString(json.readTree(started).get("id").stringValue());
    sid = id.toString().replace("-", "");
    sessions.apply(id, new Signal.StartDue(1));
    int attempt = sessions.state(id).orElseThrow().task(1).orElseThrow().attempt();
    sessions.apply(id, new Signal.Acquired(1, attempt, "resource-1"));
    sessions.apply(id, new Signal.StartGranted(1, "resource-1", sid));
    call("2026-01-01T00:00:01Z", "acquire");
    call("2026-01-01T00:00:02Z", "start");
    call("2999-01-01T00:00:00Z", "query");
    notice("2026-01-01T00:00:02Z", 13);
    notice("2998-01-01T00:00:00Z", 41);
  }

  @Test
  void theTimelineMergesWhatWasAskedToldAndDecided() {
    JsonNode page = get("/timeline");
    assertThat(page.get("next").isNull()).isTrue();
    List<String> lines = lines(page);
    assertThat(lines.subList(0, 3))
        .containsExactly(
            "request acquire: granted (HTTP 200)",
            "request start: granted (HTTP 200)",
            "notification event 13");
    assertThat(lines.subList(3, lines.size() - 2)).allMatch(line -> line.startsWith("decision "));
    assertThat(lines.subList(3, lines.size() - 2))
        .anyMatch(line -> line.startsWith("decision StartGranted: "));
    assertThat(lines.subList(lines.size() - 2, lines.size()))
        .containsExactly("notification event 41", "request query: granted (HTTP 200)");
    assertThat(page.get("items").get(2).get("task").intValue()).isEqualTo(1);
    assertThat(page.get("items").get(2).at("/detail/eventType").intValue()).isEqualTo(13);
  }

  @Test
  void pagesOfTheTimelineMakeTheWhole() {
    List<String> paged = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = get("/timeline?limit=2" + cursor);
      assertThat(page.get("items").size()).isLessThanOrEqualTo(2);
      paged.addAll(lines(page));
      cursor = page.get("next").isNull() ? "" : "&cursor=" + page.get("next").stringValue();
    } while (!cursor.isEmpty());
    assertThat(paged).isEqualTo(lines(get("/timeline")));
  }

  @Test
  void theCallsAreShownInFull() {
    JsonNode first = get("/calls?limit=2");
    JsonNode rest = get("/calls?cursor=" + first.get("next").stringValue());
    assertThat(first.get("items"))
        .extracting(call -> call.get("operation").stringValue())
        .containsExactly("acquire", "start");
    assertThat(rest.get("items"))
        .extracting(call -> call.get("operation").stringValue())
        .containsExactly("query");
    assertThat(rest.get("next").isNull()).isTrue();
    assertThat(first.get("items").get(0))
        .isEqualTo(
            json.readTree(
                """
                { "at": "2026-01-01T00:00:01Z", "task": 1, "operation": "acquire", "attempt": 1,
                  "domain": "api.agora.io", "method": "POST", "path": "/v1/apps", "httpStatus": 200,
                  "code": null, "outcome": "granted", "note": null, "requestId": null,
                  "tookMillis": 12, "waitedMillis": 3, "request": {"a": 1}, "response": {"b": 2} }
                """));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/timeline", "/calls"})
  void theEvidenceOfOthersDoesNotExist(String path) {
    for (String session : List.of(id.toString(), UUID.randomUUID().toString(), "x")) {
      http.get()
          .uri("/v1/sessions/" + session + path)
          .headers(headers -> headers.setBearerAuth(ApiTest.NEIGHBOUR))
          .exchange()
          .expectStatus()
          .isNotFound()
          .expectBody()
          .jsonPath("$.type")
          .isEqualTo("/problems/not-found");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "1 2 3",
        "0 +999999999-01-01T00:00:00Z 0 0",
        "0 2026-01-01T00:00:00Z 0 -1"
      })
  void aCursorThatIsNoneIsRefused(String place) {
    String cursor =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(place.getBytes(StandardCharsets.UTF_8));
    for (String path : List.of("/timeline", "/calls")) {
      http.get()
          .uri("/v1/sessions/" + id + path + "?cursor=" + cursor)
          .headers(headers -> headers.setBearerAuth(ApiTest.READ))
          .exchange()
          .expectStatus()
          .isBadRequest();
    }
  }

  private void call(String at, String operation) {
    jdbc.sql(
            """
            insert into provider_call (at, session_id, task_number, app, operation, attempt, domain,
                method, path, http_status, outcome, took_ms, waited_ms, request, response)
            values (?::timestamptz, ?, 1, 'classroom', ?, 1, 'api.agora.io', 'POST', '/v1/apps', 200,
                'granted', 12, 3, '{"a": 1}', '{"b": 2}')
            """)
        .params(at, id, operation)
        .update();
  }

  private void notice(String at, int eventType) {
    jdbc.sql(
            """
            insert into inbox (month, app, notice_id, received_at, body, event_type, sid, cname, uid,
                sequence, sendts, state, tries, handled_at)
            values ('2026-01-01', 'classroom', ?, ?::timestamptz, ?, ?, ?, 'c', '1', 0, 0, 'done', 0,
                ?::timestamptz)
            """)
        .params(
            UUID.randomUUID().toString(),
            at,
            "{\"eventType\": %d}".formatted(eventType).getBytes(StandardCharsets.UTF_8),
            eventType,
            sid,
            Instant.parse(at).atOffset(ZoneOffset.UTC).toString())
        .update();
  }

  @Test
  void oneFileHoldsAllThatIsKnownAndNoSecret() throws IOException {
    Map<String, String> files = unzipped();

    assertThat(files)
        .containsOnlyKeys(
            "session.json",
            "audits.json",
            "calls.json",
            "timeline.json",
            "notifications.json",
            "summary.md");
    assertThat(json.readTree(files.get("session.json")).path("id").stringValue())
        .isEqualTo(id.toString());
    assertThat(json.readTree(files.get("calls.json"))).isNotEmpty();
    assertThat(json.readTree(files.get("timeline.json"))).isNotEmpty();
    assertThat(json.readTree(files.get("notifications.json")))
        .isNotEmpty()
        .allSatisfy(it -> assertThat(it.path("kind").stringValue()).isEqualTo("notification"));
    assertThat(files.get("summary.md"))
        .contains("# Recording of ", "## What we asked for", "## Recorders", sid, "recordings");
    assertThat(files.values())
        .noneSatisfy(text -> assertThat(text).containsAnyOf("\"secretKey\":\"secret", "Basic "));
  }

  @Test
  void theEvidenceOfAForeignSessionIsNotThere() {
    http.get()
        .uri("/v1/sessions/" + UUID.randomUUID() + "/evidence")
        .headers(headers -> headers.setBearerAuth(ApiTest.READ))
        .exchange()
        .expectStatus()
        .isNotFound()
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON);
  }

  private Map<String, String> unzipped() throws IOException {
    byte[] body =
        http.get()
            .uri("/v1/sessions/" + id + "/evidence")
            .headers(headers -> headers.setBearerAuth(ApiTest.READ))
            .exchange()
            .expectStatus()
            .isOk()
            .expectHeader()
            .contentType("application/zip")
            .expectBody()
            .returnResult()
            .getResponseBody();
    Map<String, String> files = new TreeMap<>();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(body))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return files;
  }

  private static List<String> lines(JsonNode page) {
    List<String> lines = new ArrayList<>();
    page.get("items")
        .forEach(
            item ->
                lines.add(
                    item.get("kind").stringValue() + " " + item.get("summary").stringValue()));
    return lines;
  }

  private JsonNode get(String path) {
    byte[] body =
        http.get()
            .uri("/v1/sessions/" + id + path)
            .headers(headers -> headers.setBearerAuth(ApiTest.READ))
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody()
            .returnResult()
            .getResponseBody();
    return json.readTree(body);
  }
}
