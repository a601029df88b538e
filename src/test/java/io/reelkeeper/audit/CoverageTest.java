package io.reelkeeper.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoverageTest {

  private static final Instant FROM = Instant.parse("2026-03-01T10:00:00Z");

  private final Coverage coverage = new Coverage();

  /// Slices of a second from one second to another, both counted from the beginning.
  private CoverageTest slices(int from, int to) {
    for (int i = from; i < to; i++) {
      coverage.add(FROM.plusSeconds(i).toEpochMilli(), 1);
    }
    return this;
  }

  private String missing(int seconds) {
    return missing(seconds, List.of());
  }

  private String missing(int seconds, List<Coverage.Hole> silences) {
    return coverage
        .missing(FROM, FROM.plusSeconds(seconds), silences, Duration.ofSeconds(30))
        .orElse("nothing");
  }

  private static Coverage.Hole time(int from, int to) {
    return new Coverage.Hole(
        FROM.plusSeconds(from).toEpochMilli(), FROM.plusSeconds(to).toEpochMilli());
  }

  @Test
  void aHoleIsToldAsAPlayerShowsIt() {
    slices(0, 631).slices(705, 3566);

    assertThat(missing(3600))
        .isEqualTo("58:12 of 60:00, one hole of 74 s at 10:31, it ends 34 s early");
  }

  @Test
  void ofManyHolesTheLongestIsTold() {
    slices(10, 100).slices(140, 200).slices(260, 300);

    assertThat(missing(300))
        .isEqualTo("03:10 of 05:00, 2 holes, the longest of 60 s at 03:20, it begins 10 s late");
  }

  @ParameterizedTest
  @CsvSource({"570, nothing", "569, 09:29 of 10:00"})
  void thirtySecondsMayBeMissing(int recorded, String said) {
    slices(0, recorded);

    assertThat(missing(600)).startsWith(said);
  }

  @ParameterizedTest
  @CsvSource({"35280, nothing", "35279, 9:47:59 of 10:00:00"})
  void ofALongRecordingTwoPercentMay(int recorded, String said) {
    slices(0, recorded);

    assertThat(missing(36_000)).startsWith(said);
  }

  @Test
  void partsThatOverlapCountOnce() {
    slices(0, 100).slices(50, 150).slices(20, 40);

    assertThat(coverage.seconds()).isEqualTo(150);
    assertThat(coverage.holes()).isEmpty();
  }

  @Test
  void partsInAnyOrderCoverTheSame() {
    slices(200, 300).slices(0, 100);

    assertThat(coverage.holes()).containsExactly(time(100, 200));
    assertThat(coverage.seconds()).isEqualTo(200);
  }

  @Test
  void aSliceWhoseTimeNobodyToldCountsWithItsLength() {
    coverage.add(-1, 580);

    assertThat(missing(600)).isEqualTo("nothing");
    assertThat(missing(1000)).isEqualTo("09:40 of 16:40");
  }

  @Test
  void whatWasSilentIsNotMissed() {
    slices(0, 100).slices(400, 500);

    assertThat(missing(500)).contains("one hole of 300 s");
    assertThat(missing(500, List.of(time(100, 400)))).isEqualTo("nothing");
    assertThat(missing(500, List.of(time(100, 300)))).contains("one hole of 300 s at 01:40");
  }

  @Test
  void aWholeMonthOfSlicesIsAddedUp() {
    for (int i = 0; i < 200_000; i++) {
      coverage.add(FROM.plusSeconds(i * 16L).toEpochMilli(), 15);
    }

    assertThat(coverage.seconds()).isEqualTo(3_000_000);
  }
}
