package io.reelkeeper.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.TestClock;
import io.reelkeeper.sandbox.SandboxSettings.App;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.util.unit.DataSize;

final class SandboxSettingsTest {

  private final ApplicationContextRunner service =
      new ApplicationContextRunner().withUserConfiguration(Service.class);

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(SandboxSettings.class)
  @Import(Sandbox.class)
  static class Service {

    @Bean
    Clock clock() {
      return TestClock.at("2026-03-01T10:00:00Z");
    }

    @Bean
    RandomGenerator random() {
      return new Random(7);
    }
  }

  @Test
  void thereIsNoSandboxUnlessItIsWanted() {
    service.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Sandbox.class));
    service
        .withPropertyValues("reelkeeper.sandbox.enabled=false")
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Sandbox.class));
  }

  @Test
  void theDefaultsAreAgorasOwn() {
    service.run(
        context ->
            assertThat(context.getBean(SandboxSettings.class))
                .isEqualTo(
                    new SandboxSettings(
                        false,
                        "127.0.0.1",
                        java.util.List.of(8090, 8091, 8092),
                        null,
                        null,
                        null,
                        null,
                        false,
                        Duration.ZERO,
                        Duration.ofSeconds(15),
                        DataSize.ofKilobytes(64),
                        true,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(15))));
  }

  @Test
  void itKnowsTheAppsOfTheService() {
    service
        .withPropertyValues(
            "reelkeeper.sandbox.enabled=true",
            "reelkeeper.sandbox.ports=0",
            "reelkeeper.apps.classroom.app-id=" + Customer.APP_ID,
            "reelkeeper.apps.classroom.customer-key=key",
            "reelkeeper.apps.classroom.customer-secret=secret",
            "reelkeeper.apps.classroom.domains.location=eu-central-1")
        .run(
            context -> {
              Sandbox sandbox = context.getBean(Sandbox.class);
              URI acquire =
                  sandbox
                      .domains()
                      .getFirst()
                      .resolve("/v1/apps/" + Customer.APP_ID + "/cloud_recording/acquire");
              try (var http = HttpClient.newHttpClient()) {
                var request =
                    HttpRequest.newBuilder(acquire)
                        .header("Content-Type", "application/json;charset=utf-8")
                        .header("Authorization", Customer.basic("key", "secret"))
                        .POST(BodyPublishers.ofString(Customer.body("room", "7", "{}")))
                        .build();
                assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
              }
            });
  }

  @Test
  void secretsAreNotPrinted() {
    assertThat(new App("id", "key", "hidden", "hidden", "hidden", 10, 50, null).toString())
        .isEqualTo("App[id]");
  }
}
