package io.reelkeeper.api.access;

import io.reelkeeper.api.ApiTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

/// Behind a proxy that is trusted to say who the client is, and that it came by https.
@ApiTest
@TestPropertySource(
    properties = {
      "server.forward-headers-strategy=native",
      "reelkeeper.access.wrong-keys.limit=1",
      "reelkeeper.access.wrong-keys.per=24h"
    })
final class TrustedProxyTest {

  private static final String HSTS = "Strict-Transport-Security";

  private final WebTestClient http;

  TrustedProxyTest(@Autowired WebTestClient http) {
    this.http = http;
  }

  @ParameterizedTest
  @CsvSource({"198.51.100.1, 198.51.100.2", "'evil, 198.51.100.3', 198.51.100.4"})
  void clientsBehindOneProxyDoNotPayForEachOther(String guesser, String other) {
    ask("guess", guesser).expectStatus().isUnauthorized();
    ask("guess", guesser).expectStatus().isEqualTo(429);

    ask("guess", other).expectStatus().isUnauthorized();
  }

  private WebTestClient.ResponseSpec ask(String key, String forwardedFor) {
    return http.get()
        .uri("/v1/sessions")
        .headers(headers -> headers.setBearerAuth(key))
        .header("X-Forwarded-For", forwardedFor)
        .exchange();
  }

  @Test
  void onlyUnderHttpsBrowsersAreTiedToHttps() {
    http.get()
        .uri("/problems")
        .header("X-Forwarded-Proto", "https")
        .exchange()
        .expectHeader()
        .exists(HSTS);
    http.get().uri("/problems").exchange().expectHeader().doesNotExist(HSTS);
  }
}
