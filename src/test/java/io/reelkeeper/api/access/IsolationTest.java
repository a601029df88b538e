package io.reelkeeper.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.api.ApiTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/// Every endpoint under `/v1`, tried by who must not get in. A new one fails here until it is said
/// what it shows to whom.
@ApiTest
@TestPropertySource(
    properties = {
      "reelkeeper.access.wrong-keys.limit=1000",
      "reelkeeper.subscribers.lms.url=https://lms.example/hooks",
      "reelkeeper.subscribers.lms.secret=whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
      "reelkeeper.subscribers.lms.apps=classroom",
    })
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class IsolationTest {

  private enum Shown {
    /// Something of another app answers as if it did not exist.
    NOT_THERE,
    /// The app stands in the body: 403.
    FORBIDDEN,
    /// For admins, who have every app.
    ADMIN_ONLY,
    /// Only what is one's own.
    ONES_OWN
  }

  private static final Map<String, Shown> ENDPOINTS =
      Map.ofEntries(
          Map.entry("POST /v1/sessions", Shown.FORBIDDEN),
          Map.entry("GET /v1/sessions", Shown.ONES_OWN),
          Map.entry("GET /v1/sessions/{id}", Shown.NOT_THERE),
          Map.entry("PATCH /v1/sessions/{id}", Shown.NOT_THERE),
          Map.entry("PUT /v1/sessions/{id}/layout", Shown.NOT_THERE),
          Map.entry("POST /v1/sessions/{id}/stop", Shown.NOT_THERE),
          Map.entry("GET /v1/sessions/{id}/timeline", Shown.NOT_THERE),
          Map.entry("GET /v1/sessions/{id}/calls", Shown.NOT_THERE),
          Map.entry("GET /v1/sessions/{id}/evidence", Shown.NOT_THERE),
          Map.entry("POST /v1/sessions/{id}/audit", Shown.NOT_THERE),
          Map.entry("GET /v1/sessions/{id}/playlist.m3u8", Shown.NOT_THERE),
          Map.entry("GET /v1/apps/{app}/checklist", Shown.NOT_THERE),
          Map.entry("GET /v1/apps/{app}/quota", Shown.NOT_THERE),
          Map.entry("POST /v1/apps/{app}/preflight", Shown.NOT_THERE),
          Map.entry("GET /v1/events", Shown.ONES_OWN),
          Map.entry("GET /v1/subscribers", Shown.ONES_OWN),
          Map.entry("POST /v1/subscribers/{name}/replay", Shown.ADMIN_ONLY),
          Map.entry("POST /v1/subscribers/{name}/test", Shown.ADMIN_ONLY),
          Map.entry("POST /v1/subscribers/{name}/resume", Shown.ADMIN_ONLY));

  private static final String START =
      "{\"app\":\"classroom\",\"channel\":\"guarded\",\"mode\":\"composite\",\"storage\":\"primary\"}";

  private final WebTestClient http;
  private final RequestMappingHandlerMapping mappings;
  private final JsonMapper json = JsonMapper.builder().build();
  private @Nullable String session;

  IsolationTest(
      @Autowired WebTestClient http,
      @Autowired @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mappings) {
    this.http = http;
    this.mappings = mappings;
  }

  private List<String> endpoints() {
    List<String> all = new ArrayList<>();
    mappings
        .getHandlerMethods()
        .keySet()
        .forEach(
            mapping ->
                mapping.getPatternsCondition().getPatterns().stream()
                    .map(Object::toString)
                    .filter(pattern -> pattern.startsWith("/v1"))
                    .forEach(
                        pattern ->
                            mapping
                                .getMethodsCondition()
                                .getMethods()
                                .forEach(method -> all.add(method + " " + pattern))));
    return all;
  }

  Stream<String> all() {
    return endpoints().stream();
  }

  Stream<String> hidden() {
    return all().filter(it -> ENDPOINTS.get(it) == Shown.NOT_THERE);
  }

  Stream<String> writing() {
    return all().filter(it -> !it.startsWith("GET "));
  }

  @Test
  void ofEveryEndpointItIsSaidWhoSeesWhat() {
    assertThat(endpoints())
        .hasSizeGreaterThan(15)
        .allSatisfy(it -> assertThat(ENDPOINTS).containsKey(it));
    assertThat(
            mappings.getHandlerMethods().keySet().stream()
                .filter(
                    it ->
                        it.getPatternsCondition().getPatterns().stream()
                            .anyMatch(pattern -> pattern.getPatternString().startsWith("/v1"))))
        .as("handlers of any method")
        .allSatisfy(it -> assertThat(it.getMethodsCondition().getMethods()).isNotEmpty());
  }

  @ParameterizedTest
  @MethodSource("all")
  void withoutAKeyNothingAnswers(String endpoint) {
    assertThat(ask(endpoint, null, Map.of()).getStatus().value()).isEqualTo(401);
    assertThat(ask(endpoint, "unknown-key", Map.of()).getStatus().value()).isEqualTo(401);
  }

  @ParameterizedTest
  @MethodSource("writing")
  void aReaderChangesNothing(String endpoint) {
    assertThat(ask(endpoint, ApiTest.READ, own()).getStatus().value()).isEqualTo(403);
  }

  /// The answer to what is another's does not differ from that to what never was.
  @ParameterizedTest
  @MethodSource("hidden")
  void whatBelongsToOthersIsNotThere(String endpoint) {
    EntityExchangeResult<byte[]> foreign = ask(endpoint, ApiTest.NEIGHBOUR, own());
    String hidden = detail(foreign);

    assertThat(foreign.getStatus().value()).isEqualTo(404);
    assertThat(hidden).isNotEmpty().isEqualTo(detail(ask(endpoint, ApiTest.NEIGHBOUR, nothing())));
    assertThat(text(ask(endpoint, ApiTest.OPERATE, own())))
        .as("it is there for who owns it")
        .doesNotContain(hidden);
  }

  @Test
  void anAppOfOthersInABodyIsForbidden() {
    assertThat(ask("POST /v1/sessions", ApiTest.NEIGHBOUR, own()).getStatus().value())
        .isEqualTo(403);
  }

  @ParameterizedTest
  @MethodSource("writing")
  void onlyAdminsActForEverybody(String endpoint) {
    if (ENDPOINTS.get(endpoint) == Shown.ADMIN_ONLY) {
      assertThat(ask(endpoint, ApiTest.OPERATE, own()).getStatus().value()).isEqualTo(403);
    } else {
      assertThat(ask(endpoint, ApiTest.OPERATE, own()).getStatus().value()).isNotEqualTo(403);
    }
  }

  @Test
  void listsHoldNothingOfOthers() {
    String id = own().get("id");

    assertThat(text(ask("GET /v1/sessions", ApiTest.OPERATE, own()))).contains(id);
    for (String query : List.of("", "?app=classroom", "?channel=guarded")) {
      assertThat(text(ask("GET /v1/sessions" + query, ApiTest.NEIGHBOUR, own())))
          .isEqualTo("{\"items\":[],\"next\":null}");
    }
    assertThat(text(ask("GET /v1/subscribers", ApiTest.READ, own()))).contains("lms");
    assertThat(text(ask("GET /v1/subscribers", ApiTest.NEIGHBOUR, own()))).isEqualTo("[]");
  }

  /// Made once: a session of `classroom`.
  private Map<String, String> own() {
    if (session == null) {
      session =
          json.readTree(text(ask("POST /v1/sessions", ApiTest.OPERATE, Map.of())))
              .path("id")
              .stringValue();
    }
    return Map.of("id", session, "app", "classroom", "name", "lms");
  }

  private static Map<String, String> nothing() {
    return Map.of("id", UUID.randomUUID().toString(), "app", "nothing", "name", "nobody");
  }

  private EntityExchangeResult<byte[]> ask(
      String endpoint, @Nullable String key, Map<String, String> names) {
    String[] words = endpoint.split(" ");
    var all = new HashMap<>(nothing());
    all.putAll(names);
    return http.method(HttpMethod.valueOf(words[0]))
        .uri(words[1], all)
        .headers(
            headers -> {
              if (key != null) {
                headers.setBearerAuth(key);
              }
            })
        .header("Prefer", "wait=0")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(START)
        .exchange()
        .expectBody()
        .returnResult();
  }

  private static String text(EntityExchangeResult<byte[]> answer) {
    byte[] body = answer.getResponseBody();
    return body == null ? "" : new String(body, StandardCharsets.UTF_8);
  }

  private String detail(EntityExchangeResult<byte[]> answer) {
    return json.readTree(text(answer)).path("detail").asString("");
  }
}
