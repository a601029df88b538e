package io.reelkeeper.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.api.ApiTest;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.WebTestClient;

@ApiTest
final class SecurityHeadersTest {

  private static final String CONTENT = "Content-Security-Policy";

  private final WebTestClient http;
  private final int port;

  SecurityHeadersTest(@Autowired WebTestClient http, @LocalServerPort int port) {
    this.http = http;
    this.port = port;
  }

  private WebTestClient.ResponseSpec get(String path) {
    return http.get()
        .uri(URI.create("http://localhost:" + port + path))
        .headers(headers -> headers.setBearerAuth(ApiTest.READ))
        .exchange();
  }

  private HttpHeaders headers(String path) {
    return get(path).expectBody().returnResult().getResponseHeaders();
  }

  /// A handler's answer, a missing page, what the firewall refuses, what nobody is behind.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/sessions",
        "/v1/sessions/none",
        "/v1/a;b",
        "/problems",
        "/problems/none",
        "/v3/api-docs",
        "/v3/asyncapi.yaml",
        "/swagger-ui/index.html",
        "/page/none/ready",
        "/page/probe.js",
        "/webhooks/agora/none",
        "/nothing",
        "/",
      })
  void everyAnswerSaysWhatBrowsersMustNotDo(String path) {
    HttpHeaders headers = headers(path);

    assertThat(headers.get("X-Content-Type-Options")).containsExactly("nosniff");
    assertThat(headers.get("Referrer-Policy")).containsExactly("no-referrer");
    assertThat(headers.get("X-Frame-Options")).containsExactly("DENY");
    assertThat(headers.get(CONTENT))
        .singleElement()
        .asString()
        .startsWith("default-src 'none'")
        .contains("frame-ancestors 'none'", "base-uri 'none'")
        .doesNotContain("script-src 'unsafe", "unsafe-eval");
    assertThat(headers.get("Strict-Transport-Security")).isNull();
    assertThat(headers.get("Server")).isNull();
  }

  @Test
  void anAnswerWithoutAKeyHasThemToo() {
    http.get()
        .uri("/v1/sessions")
        .exchange()
        .expectStatus()
        .isUnauthorized()
        .expectHeader()
        .valueEquals("X-Content-Type-Options", "nosniff")
        .expectHeader()
        .valueEquals(HttpHeaders.CACHE_CONTROL, "no-store");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/sessions", "/v1/sessions/none", "/v1/subscribers", "/v1/a;b"})
  void nothingOfTheApiIsKeptByCaches(String path) {
    assertThat(headers(path).get(HttpHeaders.CACHE_CONTROL)).containsExactly("no-store");
  }

  @Test
  void theProbeMayBeLoadedFromAnywhereAndCached() {
    HttpHeaders headers = headers("/page/probe.js");

    assertThat(headers.get("Cross-Origin-Resource-Policy")).containsExactly("cross-origin");
    assertThat(headers.getAccessControlAllowOrigin()).isEqualTo("*");
    assertThat(headers.getCacheControl()).contains("max-age=3600");
  }

  @Test
  void nothingElseMayBeLoadedFromElsewhere() {
    assertThat(headers("/v1/sessions").get("Cross-Origin-Resource-Policy"))
        .containsExactly("same-origin");
    assertThat(headers("/v1/sessions").getAccessControlAllowOrigin()).isNull();
  }

  @Test
  void theDocumentationRunsOnlyScriptsFromHere() {
    get("/swagger-ui/index.html").expectStatus().isEqualTo(HttpStatus.OK);
    assertThat(headers("/swagger-ui/index.html").getFirst(CONTENT))
        .contains("script-src 'self';", "connect-src 'self'");
  }

  @Test
  void noOtherOriginMayAskForAnythingOfTheApi() {
    http.options()
        .uri("/v1/sessions")
        .header("Origin", "https://evil.example")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization")
        .exchange()
        .expectHeader()
        .doesNotExist("Access-Control-Allow-Origin");
  }
}
