package io.reelkeeper.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.api.ApiTest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

@ApiTest
final class AccessTest {

  private final WebTestClient http;
  private final RequestMappingHandlerMapping mappings;
  private final ObjectProvider<ReactiveUserDetailsService> users;

  AccessTest(
      @Autowired WebTestClient http,
      @Autowired RequestMappingHandlerMapping mappings,
      @Autowired ObjectProvider<ReactiveUserDetailsService> users) {
    this.http = http;
    this.mappings = mappings;
    this.users = users;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Bearer", "Bearer ", "Bearer wrong", "Basic bG1zOmtleQ==", "operate-key"})
  void nobodyGetsInWithoutAKnownKey(String authorization) {
    http.get()
        .uri("/v1/sessions")
        .header(HttpHeaders.AUTHORIZATION, authorization)
        .exchange()
        .expectStatus()
        .isUnauthorized()
        .expectHeader()
        .valueEquals(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/unauthorized")
        .jsonPath("$.instance")
        .isEqualTo("/v1/sessions");
  }

  @Test
  void aReaderMayNotOperate() {
    http.post()
        .uri("/v1/sessions/{id}/stop", UUID.randomUUID())
        .headers(headers -> headers.setBearerAuth(ApiTest.READ))
        .exchange()
        .expectStatus()
        .isForbidden()
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/forbidden")
        .jsonPath("$.detail")
        .isEqualTo("This key does not have the role `operate`.");
  }

  @Test
  void aReaderMayAskForTheHeadersAlone() {
    http.head()
        .uri("/v1/sessions")
        .headers(headers -> headers.setBearerAuth(ApiTest.READ))
        .exchange()
        .expectStatus()
        .isOk();
  }

  @Test
  void anAppOfOthersIsForbiddenInABody() {
    http.post()
        .uri("/v1/sessions")
        .headers(headers -> headers.setBearerAuth(ApiTest.NEIGHBOUR))
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(
            "{\"app\":\"classroom\",\"channel\":\"c\",\"mode\":\"composite\",\"storage\":\"primary\"}")
        .exchange()
        .expectStatus()
        .isForbidden()
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/forbidden");
  }

  @Test
  void noSessionCookieIsEverSet() {
    http.get()
        .uri("/v1/nothing-here")
        .headers(headers -> headers.setBearerAuth(ApiTest.READ))
        .exchange()
        .expectStatus()
        .isNotFound()
        .expectHeader()
        .doesNotExist(HttpHeaders.SET_COOKIE);
  }

  @Test
  void noUserWithAGeneratedPasswordExists() {
    assertThat(users.getIfAvailable()).isNull();
  }

  /// Whoever adds a path elsewhere has to decide here how it is protected.
  @Test
  void everyPathIsUnderAPrefixWhoseAccessWasDecided() {
    List<String> decided =
        List.of(
            "/v1/",
            "/webhooks/",
            "/page/",
            "/problems",
            "/v3/api-docs",
            "/v3/asyncapi.yaml",
            "/docs",
            "/swagger-ui",
            "/console"); // by its own chain, ConsoleAccess
    assertThat(mappings.getHandlerMethods().keySet())
        .flatMap(mapping -> mapping.getPatternsCondition().getPatterns())
        .isNotEmpty()
        .allSatisfy(
            pattern ->
                assertThat(decided)
                    .anyMatch(prefix -> pattern.getPatternString().startsWith(prefix)));
  }
}
