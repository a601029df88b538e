package io.reelkeeper.quota;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DatabaseClockTest {

  private static final long MS = 1_000_000;

  /// The database's clock shows this much more than ours.
  private static final long AHEAD = 5_000 * MS;

  private final DatabaseClock clock = new DatabaseClock();

  @Test
  void aMomentOfTheDatabaseIsNeverTakenForAnEarlierOneHere() {
    clock.heard(AHEAD + 10 * MS, 8 * MS, 13 * MS);

    assertThat(clock.local(AHEAD + 10 * MS)).isBetween(10 * MS, 13 * MS);
  }

  @Test
  void anAnswerHeldUpOnItsWayDoesNotMoveTheClock() {
    clock.heard(AHEAD + 10 * MS, 9 * MS, 11 * MS);
    clock.heard(AHEAD + 20 * MS, 19 * MS, 900 * MS); // the process was paused for most of a second

    assertThat(clock.local(AHEAD + 20 * MS)).isBetween(20 * MS, 22 * MS);
  }

  @Test
  void aQuickerAnswerIsBelieved() {
    clock.heard(AHEAD + 10 * MS, 9 * MS, 60 * MS);
    clock.heard(AHEAD + 100 * MS, 99 * MS, 101 * MS);

    assertThat(clock.local(AHEAD + 200 * MS)).isBetween(200 * MS, 201 * MS);
  }

  @Test
  void aClockSetBackIsFollowed() {
    clock.heard(AHEAD + 10 * MS, 9 * MS, 11 * MS);
    clock.heard(20 * MS, 19 * MS, 21 * MS);

    assertThat(clock.local(30 * MS)).isBetween(30 * MS, 31 * MS);
  }

  @Test
  void aClockSetForwardIsFollowed() {
    clock.heard(10 * MS, 9 * MS, 11 * MS);
    clock.heard(AHEAD + 20 * MS, 19 * MS, 21 * MS);

    assertThat(clock.local(AHEAD + 30 * MS)).isBetween(30 * MS, 31 * MS);
  }
}
