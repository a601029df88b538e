package io.reelkeeper.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import io.reelkeeper.api.ApiTest;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Tokens beside keys, over HTTP; BlockHound sees to it that no event loop waits for the issuer.
@ApiTest
final class TokenAccessTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Issuer ISSUER = new Issuer();

  private final WebTestClient http;
  private final Clock clock;

  TokenAccessTest(@Autowired WebTestClient http, @Autowired Clock clock) {
    this.http = http;
    this.clock = clock;
  }

  @DynamicPropertySource
  static void issuer(DynamicPropertyRegistry properties) {
    String prefix = "spring.security.oauth2.resourceserver.jwt.";
    properties.add(prefix + "issuer-uri", ISSUER::url);
    properties.add(prefix + "audiences", () -> Issuer.AUDIENCE);
  }

  @AfterAll
  static void close() {
    ISSUER.close();
  }

  private JWTClaimsSet.Builder claims() {
    return ISSUER.claims(clock.instant());
  }

  private WebTestClient.ResponseSpec ask(String method, String path, String bearer, String body) {
    return http.method(HttpMethod.valueOf(method))
        .uri(path)
        .headers(headers -> headers.setBearerAuth(bearer))
        .header("Prefer", "wait=0")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(body)
        .exchange();
  }

  private JsonNode starts(String bearer, String channel, String key, int status) {
    byte[] answer =
        http.post()
            .uri("/v1/sessions")
            .headers(headers -> headers.setBearerAuth(bearer))
            .header("Prefer", "wait=0")
            .header("Idempotency-Key", key)
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue(
                """
                {"app": "classroom", "channel": "%s", "mode": "composite", "storage": "primary"}
                """
                    .formatted(channel))
            .exchange()
            .expectStatus()
            .isEqualTo(status)
            .expectBody()
            .returnResult()
            .getResponseBody();
    return JSON.readTree(answer);
  }

  @Test
  void aTokenDoesWhatItsRoleAllowsForItsApps() {
    String operator = ISSUER.signs(claims().claim("roles", List.of("operate")).build());
    String id = starts(operator, "by-token", "k-1", 202).get("id").stringValue();

    ask("GET", "/v1/sessions/" + id, ISSUER.signs(claims().build()), "").expectStatus().isOk();
    ask("GET", "/v1/sessions/" + id, ApiTest.READ, "").expectStatus().isOk();
    ask("POST", "/v1/sessions/" + id + "/stop", ISSUER.signs(claims().build()), "")
        .expectStatus()
        .isForbidden()
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/forbidden");
  }

  @Test
  void aTokenWithoutTheAppDoesNotSeeIt() {
    String id = starts(ApiTest.OPERATE, "not-for-all", "k-2", 202).get("id").stringValue();
    JWTClaimsSet.Builder foreign =
        claims().claim("apps", List.of("lounge")).claim("roles", List.of("operate"));

    for (JWTClaimsSet claims : List.of(foreign.build(), foreign.claim("apps", null).build())) {
      String token = ISSUER.signs(claims);
      ask("GET", "/v1/sessions/" + id, token, "").expectStatus().isNotFound();
      ask("GET", "/v1/apps/classroom/quota", token, "").expectStatus().isNotFound();
      starts(token, "mine", "k-3", 403);
    }
  }

  @Test
  void aTokenWithoutARoleIsKnownAndMayDoNothing() {
    ask("GET", "/v1/sessions", ISSUER.signs(claims().claim("roles", null).build()), "")
        .expectStatus()
        .isForbidden();
  }

  @Test
  void aWrongTokenIsRefusedLikeAWrongKeyAndToldWhyIfItIsSigned() {
    ask("GET", "/v1/sessions", ISSUER.signs(claims().audience("other").build()), "")
        .expectStatus()
        .isUnauthorized()
        .expectHeader()
        .valueEquals(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")
        .expectHeader()
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/unauthorized")
        .jsonPath("$.detail")
        .value(String.class, detail -> assertThat(detail).contains("aud"));
    ask("GET", "/v1/sessions", Issuer.signed(claims().build(), Issuer.key("first")), "")
        .expectStatus()
        .isUnauthorized()
        .expectBody()
        .jsonPath("$.detail")
        .isEqualTo("This is no token that the issuer has signed.");
  }

  /// A subject may be any text, the name of a key, too.
  @Test
  void anIdempotencyKeyOfATokenIsNotThatOfAKeyWithItsName() {
    String id = starts(ApiTest.OPERATE, "first-of-lms", "shared", 202).get("id").stringValue();
    String namesake =
        ISSUER.signs(claims().subject("lms").claim("roles", List.of("operate")).build());

    assertThat(starts(namesake, "second-of-lms", "shared", 202).get("id").stringValue())
        .isNotEqualTo(id);
  }
}
