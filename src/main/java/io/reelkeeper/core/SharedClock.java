package io.reelkeeper.core;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/// The time that all replicas share, on a machine whose own clock may be wrong.
///
/// A timer that one replica sets is run by another: with clocks five seconds apart a verdict would
/// come ten seconds early, and a walk that lives would be taken for dead. So all go by the
/// database's clock, as its answers tell it.
public final class SharedClock extends Clock {

  private final Clock machine;
  private volatile Duration ahead = Duration.ZERO;

  public SharedClock(Clock machine) {
    this.machine = machine;
  }

  /// Takes in an answer of the database, which was made at some moment between the two of ours.
  ///
  /// Our time moves as little as makes that possible: clocks that agree are left alone, and an
  /// answer that was on its way for long moves nothing.
  public synchronized void heard(Instant asked, Instant theirs, Instant answered) {
    if (theirs.isBefore(asked)) {
      ahead = ahead.minus(Duration.between(theirs, asked));
    } else if (theirs.isAfter(answered)) {
      ahead = ahead.plus(Duration.between(answered, theirs));
    }
  }

  /// How far the machine's clock is behind.
  public Duration ahead() {
    return ahead;
  }

  @Override
  public Instant instant() {
    return machine.instant().plus(ahead);
  }

  @Override
  public ZoneId getZone() {
    return machine.getZone();
  }

  /// Nothing here reads a local time, so a clock of another zone is the same clock.
  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
