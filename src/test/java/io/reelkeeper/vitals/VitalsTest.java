package io.reelkeeper.vitals;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class VitalsTest {

  private static final Instant T = Instant.parse("2026-03-01T10:00:00Z");

  @Test
  void aClockThatIsAheadIsPositive() {
    assertThat(Vitals.skew(T.plusSeconds(3), T, T.plusSeconds(4))).isEqualTo(3);
  }

  @Test
  void aClockThatIsBehindIsNegative() {
    assertThat(Vitals.skew(T.minusSeconds(3), T, T.minusSeconds(2))).isEqualTo(-2);
  }

  @Test
  void aSlowAnswerIsNoSkew() {
    assertThat(Vitals.skew(T.minusSeconds(3), T, T.plusSeconds(3))).isZero();
  }
}
