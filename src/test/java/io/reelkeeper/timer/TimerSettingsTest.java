package io.reelkeeper.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

final class TimerSettingsTest {

  @EnableConfigurationProperties(TimerSettings.class)
  static class Bound {}

  private final ApplicationContextRunner context =
      new ApplicationContextRunner().withUserConfiguration(Bound.class);

  @Test
  void everyDefaultIsKnown() {
    context.run(
        started ->
            assertThat(started.getBean(TimerSettings.class))
                .isEqualTo(
                    new TimerSettings(
                        true,
                        Duration.ofMillis(200),
                        512,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10))));
  }

  @Test
  void aDeadReplicasTimersRunElsewhereWithinTwelveSeconds() {
    context.run(
        started -> {
          var settings = started.getBean(TimerSettings.class);
          var found = settings.deadAfter().plus(settings.heartbeat());
          assertThat(found.plus(settings.pollEvery())).isLessThan(Duration.ofSeconds(12));
        });
  }

  @CsvSource({
    "heartbeat, 3s, between 50ms and 2s",
    "poll-every, 1ms, between 10ms and 10s",
    "stop-within, 10m, between 0s and 5m",
    "threads, 0, between 1 and 10000"
  })
  @ParameterizedTest
  void aWrongValueStopsTheStartAndNamesTheRange(String key, String value, String range) {
    context
        .withPropertyValues("reelkeeper.timers." + key + "=" + value)
        .run(started -> assertThat(started).getFailure().rootCause().hasMessageContaining(range));
  }
}
