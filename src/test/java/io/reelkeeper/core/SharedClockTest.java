package io.reelkeeper.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.TestClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class SharedClockTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private final TestClock machine = TestClock.at(NOW);
  private final SharedClock clock = new SharedClock(machine);

  /// An answer that took a tenth of a second by this clock.
  private void hears(Instant theirs) {
    Instant asked = clock.instant();
    machine.advance(Duration.ofMillis(100));
    clock.heard(asked, theirs, clock.instant());
  }

  @Test
  void clocksThatAgreeAreLeftAlone() {
    hears(NOW.plusMillis(40));

    assertThat(clock.ahead()).isZero();
    assertThat(clock.instant()).isEqualTo(machine.instant());
  }

  @Test
  void aClockThatIsBehindGoesByTheDatabase() {
    machine.advance(Duration.ofSeconds(-5));
    hears(NOW.plusMillis(50));

    assertThat(Duration.between(clock.instant(), NOW.plusMillis(50)).abs())
        .isLessThanOrEqualTo(Duration.ofMillis(100));
  }

  @Test
  void aClockThatIsAheadGoesByTheDatabase() {
    machine.advance(Duration.ofSeconds(5));
    hears(NOW.plusMillis(50));

    assertThat(Duration.between(clock.instant(), NOW.plusMillis(50)).abs())
        .isLessThanOrEqualTo(Duration.ofMillis(100));
  }

  @Test
  void anAnswerThatTookLongMovesNothing() {
    Instant asked = clock.instant();
    machine.advance(Duration.ofSeconds(10));
    clock.heard(asked, NOW.plusSeconds(1), clock.instant());

    assertThat(clock.ahead()).isZero();
  }

  @Test
  void aMachineThatIsSetRightLaterIsFollowed() {
    machine.advance(Duration.ofSeconds(5));
    hears(NOW.plusMillis(50));
    machine.advance(Duration.ofSeconds(-5));
    hears(NOW.plusMillis(250));

    assertThat(clock.ahead().abs()).isLessThanOrEqualTo(Duration.ofMillis(150));
  }
}
