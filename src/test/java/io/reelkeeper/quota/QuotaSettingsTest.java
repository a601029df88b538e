package io.reelkeeper.quota;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

final class QuotaSettingsTest {

  @EnableConfigurationProperties(QuotaSettings.class)
  static class Bound {}

  private final ApplicationContextRunner context =
      new ApplicationContextRunner().withUserConfiguration(Bound.class);

  @Test
  void everyDefaultIsKnown() {
    context
        .withPropertyValues("reelkeeper.apps.classroom.app-id=970ca35de60c44645bbae8a215061b33")
        .run(
            started -> {
              var settings = started.getBean(QuotaSettings.class);
              assertThat(settings.apps())
                  .containsOnly(
                      entry(
                          "classroom",
                          new QuotaSettings.App("970ca35de60c44645bbae8a215061b33", 10)));
              assertThat(settings.quota())
                  .isEqualTo(
                      new QuotaSettings.Patience(Duration.ofSeconds(60), Duration.ofSeconds(2)));
            });
  }

  @Test
  void aRateMayBeFractional() {
    context
        .withPropertyValues("reelkeeper.apps.classroom.requests-per-second=2.5")
        .run(
            started ->
                assertThat(started.getBean(QuotaSettings.class).apps().get("classroom"))
                    .isEqualTo(new QuotaSettings.App(null, 2.5)));
  }

  @Test
  void noAppNeedsToBeConfigured() {
    context.run(started -> assertThat(started.getBean(QuotaSettings.class).apps()).isEmpty());
  }

  @CsvSource({
    "apps.classroom.requests-per-second, -1, between 0.01 and 100000",
    "apps.classroom.requests-per-second, 0, between 0.01 and 100000",
    "quota.command-patience, 10ms, between 100ms and 10m",
    "quota.poll-patience, 2m, between 0s and 1m"
  })
  @ParameterizedTest
  void aWrongValueStopsTheStartAndNamesTheRange(String key, String value, String range) {
    context
        .withPropertyValues("reelkeeper." + key + "=" + value)
        .run(started -> assertThat(started).getFailure().rootCause().hasMessageContaining(range));
  }
}
