package io.reelkeeper.session.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class LimitSettingsTest {

  @ParameterizedTest
  @CsvSource({
    "eu-central-1,   50 30 10",
    "eu-west-1,      50 30 10",
    "us-east-1,      100 50 30",
    "ap-southeast-1, 100 50 30",
    "cn-north-1,     100 50 30",
  })
  void thePlaceGivesTheRecordersOfPages(String location, String limits) {
    assertThat(limits(Map.of("domains.location", location))).isEqualTo(limits);
  }

  @Test
  void withoutAPlaceTheSmallestLimitsHold() {
    assertThat(limits(Map.of("app-id", "x"))).isEqualTo("50 30 10");
  }

  @Test
  void eachLimitMayBeGivenByItself() {
    assertThat(limits(Map.of("domains.location", "us-east-1", "web-workers.hd", "0")))
        .isEqualTo("100 0 30");
  }

  @ParameterizedTest
  @CsvSource({
    "640, 360, SD",
    "360, 640, SD",
    "640, 361, HD",
    "1280, 720, HD",
    "1281, 720, FHD",
    "1920, 1080, FHD",
  })
  void aPageIsAsLargeAsItsPixels(long width, long height, PageSize size) {
    assertThat(PageSize.of(width, height)).isEqualTo(size);
  }

  private static String limits(Map<String, String> settings) {
    Map<String, String> keys =
        settings.entrySet().stream()
            .collect(
                Collectors.toMap(
                    it -> "reelkeeper.apps.classroom." + it.getKey(), Map.Entry::getValue));
    LimitSettings bound =
        new Binder(new MapConfigurationPropertySource(keys))
            .bind("reelkeeper", LimitSettings.class)
            .get();
    return Stream.of(PageSize.values())
        .map(size -> String.valueOf(bound.app("classroom").webWorkers(size)))
        .collect(Collectors.joining(" "));
  }
}
