package io.reelkeeper.api.access;

import io.reelkeeper.TestClock;
import io.reelkeeper.api.ApiTest;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.http.HttpHeaders;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

/// Without a proxy that is trusted, as the defaults are.
@ApiTest
@TestPropertySource(properties = "reelkeeper.access.wrong-keys.limit=3")
final class WrongKeysOverHttpTest {

  private final WebTestClient http;
  private final TestClock clock;

  WrongKeysOverHttpTest(@Autowired WebTestClient http, @Autowired TestClock clock) {
    this.http = http;
    this.clock = clock;
  }

  @TestConfiguration(proxyBeanMethods = false)
  static class Time {
    @Bean
    @Primary
    TestClock testClock() {
      return TestClock.at("2026-03-01T10:00:00Z");
    }
  }

  @BeforeEach
  void allPlacesAreFree() {
    clock.advance(Duration.ofHours(1));
  }

  private WebTestClient.ResponseSpec ask(String key, String forwardedFor) {
    return http.get()
        .uri("/v1/sessions")
        .headers(headers -> headers.setBearerAuth(key))
        .header("X-Forwarded-For", forwardedFor)
        .header("Forwarded", "for=" + forwardedFor)
        .exchange();
  }

  @Test
  void whoGuessesIsRefusedWhateverTheyCallThemselves() {
    ask(ApiTest.OPERATE, "198.51.100.1").expectStatus().isOk();
    for (int i = 0; i < 3; i++) {
      ask("guess-" + i, "198.51.100." + i).expectStatus().isUnauthorized();
    }

    ask("guess-4", "198.51.100.4")
        .expectStatus()
        .isEqualTo(429)
        .expectHeader()
        .valueEquals(HttpHeaders.RETRY_AFTER, "20")
        .expectBody()
        .jsonPath("$.type")
        .isEqualTo("/problems/too-many-requests");
    // known from here, so another one's guesses are not its fault
    ask(ApiTest.OPERATE, "198.51.100.5").expectStatus().isOk();
    // not known from here: the answer does not tell that the key is right
    ask(ApiTest.READ, "198.51.100.6").expectStatus().isEqualTo(429);

    clock.advance(Duration.ofSeconds(20));
    ask(ApiTest.READ, "198.51.100.6").expectStatus().isOk();
  }

  @Test
  void whoSendsNoKeyAtAllIsNotCounted() {
    for (int i = 0; i < 10; i++) {
      http.get().uri("/v1/sessions").exchange().expectStatus().isUnauthorized();
    }
    ask("guess", "198.51.100.1").expectStatus().isUnauthorized();
  }
}
