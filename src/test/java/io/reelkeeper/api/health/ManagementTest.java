package io.reelkeeper.api.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.api.ApiTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.test.web.reactive.server.WebTestClient;

@ApiTest
final class ManagementTest {

  private final WebTestClient management;
  private final DatabaseWatch watch;

  ManagementTest(@LocalManagementPort int port, @Autowired DatabaseWatch watch) {
    this.management =
        WebTestClient.bindToServer()
            .baseUrl("http://localhost:" + port)
            .responseTimeout(Duration.ofMinutes(1))
            .build();
    this.watch = watch;
  }

  @Test
  void theProcessIsAliveAndReadyWithoutAnyKey() {
    status("/actuator/health/liveness", 200);
    management
        .get()
        .uri("/actuator/health/readiness")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.components.database.details.migrated")
        .isEqualTo(true)
        .jsonPath("$.components.database.details.reachable")
        .isEqualTo(true);
    assertThat(watch.isRunning()).isTrue();
  }

  @Test
  void metricsAreThereForPrometheus() {
    management
        .get()
        .uri("/actuator/prometheus")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody(String.class)
        .value(text -> assertThat(text).contains("jvm_memory_used_bytes"));
  }

  @Test
  void nothingElseIsThere() {
    for (String path : new String[] {"/actuator/env", "/actuator/beans", "/problems"}) {
      status(path, 404);
    }
  }

  private void status(String path, int status) {
    management.get().uri(path).exchange().expectStatus().isEqualTo(status);
  }
}
