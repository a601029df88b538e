package io.reelkeeper.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class Uuid7Test {

  private static final Instant NOON = Instant.parse("2026-07-01T12:00:00.123Z");

  /// What is drawn is all zeros or all ones: the first and the last id of a millisecond.
  private static UUID id(Instant at, long drawn) {
    return Uuid7.at(at, (RandomGenerator) () -> drawn);
  }

  @Test
  void theFirstIdOfATimePartsTheIdsBeforeItFromTheOthers() {
    String first = Uuid7.firstAt(NOON).toString();

    assertThat(id(NOON, 0).toString()).isGreaterThan(first);
    assertThat(id(NOON.plusMillis(1), 0).toString()).isGreaterThan(first);
    assertThat(id(NOON.minusMillis(1), -1).toString()).isLessThan(first);
  }

  @Test
  void aTimeBeforeAnyIdIsTheFirstOne() {
    assertThat(Uuid7.firstAt(Instant.parse("0001-01-01T00:00:00Z"))).isEqualTo(new UUID(0, 0));
  }
}
