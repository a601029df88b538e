package io.reelkeeper.storage.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reelkeeper.BucketServer;
import io.reelkeeper.TestClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;

@ExtendWith(OutputCaptureExtension.class)
class ProfileCheckTest {

  private static final BucketServer server =
      BucketServer.inMemory("access", "secret").withBucket("recordings");

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void heal() {
    server.heals();
  }

  @ComponentScan("io.reelkeeper.storage")
  @ConfigurationPropertiesScan("io.reelkeeper.storage")
  static class Beans {

    @Bean
    Clock clock() {
      return TestClock.at("2026-03-01T10:00:00Z");
    }

    @Bean
    RandomGenerator random() {
      return new Random(1);
    }

    @Bean
    MeterRegistry meters() {
      return new SimpleMeterRegistry();
    }
  }

  private static ApplicationContextRunner service(boolean live) {
    return new ApplicationContextRunner()
        .withUserConfiguration(Beans.class)
        .withPropertyValues("reelkeeper.storage-check.live=" + live);
  }

  private static String[] profile(String name, URI endpoint, String bucket, String secretKey) {
    String key = "reelkeeper.storage." + name + ".";
    return new String[] {
      key + "vendor=s3-compatible",
      key + "endpoint=" + endpoint,
      key + "bucket=" + bucket,
      key + "access-key=access",
      key + "secret-key=" + secretKey
    };
  }

  @Test
  void everyProfileThatMayBeReadIsLookedIntoAndToldOnce(CapturedOutput output) {
    service(false)
        .withPropertyValues(profile("good", server.endpoint(), "recordings", "secret"))
        .withPropertyValues(profile("stranger", server.endpoint(), "recordings", "hush-hush"))
        .withPropertyValues(profile("nowhere", server.endpoint(), "nowhere", "secret"))
        .withPropertyValues(profile("down", URI.create("http://127.0.0.1:1"), "b", "secret"))
        .withPropertyValues(profile("vault", URI.create("http://127.0.0.1:1"), "b", "secret"))
        .withPropertyValues("reelkeeper.storage.vault.write-only=true")
        .run(
            context -> {
              var check = context.getBean(ProfileCheck.class);
              check.look();
              check.look();

              assertThat(check.seen()).containsOnlyKeys("down", "good", "nowhere", "stranger");
              Health health = context.getBean(StorageHealthIndicator.class).health();
              assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
              assertThat(health.getDetails())
                  .containsEntry("good", "readable")
                  .containsEntry("nowhere", "there is no such bucket")
                  .hasEntrySatisfying("stranger", it -> assertThat(it.toString()).contains("403"))
                  .hasEntrySatisfying(
                      "down", it -> assertThat(it.toString()).startsWith("no usable answer"));
              assertThat(readable(context.getBean(MeterRegistry.class), "good")).isEqualTo(1);
              assertThat(readable(context.getBean(MeterRegistry.class), "down")).isZero();
            });
    assertThat(output.getAll().lines().filter(it -> it.contains("cannot be read")))
        .hasSize(3)
        .noneMatch(it -> it.contains("hush-hush") || it.contains("Exception:"));
  }

  @Test
  void aBucketThatIsBackIsReadable(CapturedOutput output) {
    service(false)
        .withPropertyValues(profile("good", server.endpoint(), "recordings", "secret"))
        .run(
            context -> {
              var check = context.getBean(ProfileCheck.class);
              server.fails("list", 503);
              check.look();
              assertThat(check.allReadable()).isFalse();

              server.heals();
              check.look();

              assertThat(context.getBean(StorageHealthIndicator.class).health().getStatus())
                  .isEqualTo(Status.UP);
              assertThat(readable(context.getBean(MeterRegistry.class), "good")).isEqualTo(1);
            });
    assertThat(output).contains("The bucket of storage profile good can be read again");
  }

  /// The store takes the connection and never answers.
  @Test
  void theStartWaitsForNoBucket() throws IOException {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      URI endpoint = URI.create("http://127.0.0.1:" + silent.getLocalPort());
      service(true)
          .withPropertyValues(profile("silent", endpoint, "recordings", "secret"))
          .run(
              context -> {
                assertThat(context).hasNotFailed();
                assertThat(context.getBean(ProfileCheck.class).isRunning()).isTrue();
                assertThat(context.getBean(ProfileCheck.class).seen()).isEmpty();
                // it is looked into all the same
                silent.accept().close();
              });
    }
  }

  private static double readable(MeterRegistry meters, String profile) {
    return meters.get("reelkeeper.storage.readable").tag("profile", profile).gauge().value();
  }
}
