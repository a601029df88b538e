package io.reelkeeper.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.request.StartRequests;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is documented is what happens.
@ApiTest
final class ApiDocsTest {

  private static final String MINIMAL =
      """
      {"app": "classroom", "channel": "docs", "mode": "composite", "storage": "primary"}\
      """;

  private final WebTestClient http;
  private final RequestMappingHandlerMapping mappings;
  private final StartRequests requests;
  private final JsonNode docs;

  ApiDocsTest(
      @Autowired WebTestClient http,
      @Autowired RequestMappingHandlerMapping mappings,
      @Autowired StartRequests requests) {
    this.http = http;
    this.mappings = mappings;
    this.requests = requests;
    byte[] body =
        http.get()
            .uri("/v3/api-docs")
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody()
            .returnResult()
            .getResponseBody();
    this.docs = new JsonMapper().readTree(body);
  }

  @Test
  void everyHandlerUnderV1IsDocumentedAndNothingElse() {
    Set<String> real = new TreeSet<>();
    mappings
        .getHandlerMethods()
        .keySet()
        .forEach(
            mapping ->
                mapping
                    .getPatternsCondition()
                    .getPatterns()
                    .forEach(
                        pattern ->
                            mapping
                                .getMethodsCondition()
                                .getMethods()
                                .forEach(
                                    method ->
                                        real.add(method + " " + pattern.getPatternString()))));
    real.removeIf(path -> !path.contains(" /v1/"));
    Set<String> documented = new TreeSet<>();
    docs.get("paths")
        .forEachEntry(
            (path, operations) ->
                operations
                    .propertyNames()
                    .forEach(
                        method -> documented.add(method.toUpperCase(Locale.ROOT) + " " + path)));
    documented.removeIf(path -> !path.contains(" /v1/"));
    assertThat(documented).isEqualTo(real).isNotEmpty();
  }

  @Test
  void everyOperationOfTheApiNeedsAKeyAndSaysWhatCanGoWrong() {
    docs.get("paths")
        .forEachEntry(
            (path, operations) -> {
              if (path.startsWith("/v1/")) {
                operations.forEach(
                    operation -> {
                      assertThat(operation.get("security").toString()).as(path).contains("key");
                      assertThat(operation.get("responses").propertyNames())
                          .as(path)
                          .contains("401", "403", "406", "500", "503");
                    });
              }
            });
  }

  // What is asked, and the answer that is really given: it must be in the documentation.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST | /v1/sessions                | operate-key   | wait=0  | 202
          POST | /v1/sessions                | operate-key   | wait=0  | 200
          POST | /v1/sessions                | operate-key   | wait=x  | 400
          POST | /v1/sessions                | wrong         | wait=0  | 401
          POST | /v1/sessions                | read-key      | wait=0  | 403
          GET  | /v1/sessions                | read-key      | wait=0  | 200
          GET  | /v1/sessions?limit=0        | read-key      | wait=0  | 400
          GET  | /v1/sessions                | wrong         | wait=0  | 401
          GET  | /v1/sessions/x              | read-key      | wait=0  | 404
          POST | /v1/sessions/x/stop         | operate-key   | wait=0  | 404
          POST | /v1/sessions/x/stop         | operate-key   | wait=61 | 400
          PATCH | /v1/sessions/x             | operate-key   | wait=0  | 404
          PATCH | /v1/sessions/x             | operate-key   | wait=61 | 400
          PATCH | /v1/sessions/x             | read-key      | wait=0  | 403
          PUT  | /v1/sessions/x/layout       | operate-key   | wait=0  | 404
          PUT  | /v1/sessions/x/layout       | read-key      | wait=0  | 403
          """)
  void everyAnswerIsDocumented(String method, String path, String key, String prefer, int status) {
    http.method(HttpMethod.valueOf(method))
        .uri(path)
        .headers(headers -> headers.setBearerAuth(key))
        .header("Prefer", prefer)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(MINIMAL)
        .exchange()
        .expectStatus()
        .isEqualTo(status);
    String documented = path.replaceAll("\\?.*", "").replace("/x", "/{id}");
    JsonNode response =
        docs.get("paths")
            .get(documented)
            .get(method.toLowerCase(Locale.ROOT))
            .get("responses")
            .get(String.valueOf(status));
    assertThat(response).isNotNull();
    assertThat(response.get("content").propertyNames())
        .containsExactly(status < 300 ? "application/json" : "application/problem+json");
  }

  @Test
  void whatTheWebhookAnswersIsDocumented() {
    assertThat(docs.at("/paths/~1webhooks~1agora~1{app}/post/responses").propertyNames())
        .contains("200", "400", "401", "404", "413", "503");
  }

  @Test
  void whatAPageIsAnsweredIsDocumented() {
    for (String report : new String[] {"ready", "alive"}) {
      assertThat(docs.at("/paths/~1page~1{token}~1" + report + "/post/responses").propertyNames())
          .containsExactlyInAnyOrder("204", "404", "410", "413", "425", "429", "503");
    }
    assertThat(docs.at("/paths/~1page~1probe.js/get/responses/200/content").propertyNames())
        .containsExactly("text/javascript");
  }

  @Test
  void everyMemberOfASessionIsDocumentedAsRequired() {
    JsonNode schema = docs.at("/components/schemas/SessionView");
    assertThat(schema.get("properties").propertyNames())
        .containsExactlyInAnyOrder(
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
    assertThat(schema.get("required")).hasSameSizeAs(schema.get("properties"));
    assertThat(schema.at("/properties/reason/type").toString()).contains("string", "null");
    assertThat(schema.at("/properties/status/type").toString()).doesNotContain("null");
    assertThat(docs.at("/components/schemas/PageSessionView/properties/next/type").toString())
        .contains("null");
  }

  @Test
  void theDocumentedRulesAreTheRealOnes() {
    JsonNode rules =
        docs.at("/components/schemas/StartRequest/properties/recording/properties/maxIdleTime");
    assertThat(rules.get("minimum").intValue()).isEqualTo(5);
    assertThat(rules.get("maximum").intValue()).isEqualTo(2_592_000);
  }

  @Test
  void everyExampleOfARequestIsAValidOne() {
    JsonNode examples =
        docs.at("/paths/~1v1~1sessions/post/requestBody/content/application~1json/examples");
    assertThat(examples).isNotEmpty();
    examples.forEach(
        example ->
            requests.read(
                new Caller("docs", null),
                null,
                example.get("value").toString().getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theDocumentationCanBeBrowsed() {
    URI page =
        http.get()
            .uri("/docs")
            .exchange()
            .expectStatus()
            .is3xxRedirection()
            .expectBody()
            .returnResult()
            .getResponseHeaders()
            .getLocation();
    http.get()
        .uri(String.valueOf(page))
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(String.class)
        .value(html -> assertThat(html).contains("swagger-ui"));
  }

  @Test
  void theKeyAndTheBodyAreDocumented() {
    assertThat(docs.at("/components/securitySchemes/key/scheme").stringValue()).isEqualTo("bearer");
    assertThat(docs.at("/paths/~1v1~1sessions/post/requestBody/required").booleanValue()).isTrue();
  }
}
