package io.reelkeeper;

import static java.time.ZoneOffset.UTC;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicReference;

/// A clock that stands still until a test moves it; every thread sees the same instant.
public final class TestClock extends Clock {

  private final AtomicReference<Instant> now;

  private TestClock(Instant start) {
    this.now = new AtomicReference<>(start);
  }

  public static TestClock at(Instant start) {
    return new TestClock(start);
  }

  /// Starts at an ISO-8601 instant, such as `2026-03-01T10:00:00Z`.
  public static TestClock at(String start) {
    return at(Instant.parse(start));
  }

  /// Moves on, and says what time it is now.
  public Instant advance(Duration by) {
    return now.updateAndGet(instant -> instant.plus(by));
  }

  public void set(Instant instant) {
    now.set(instant);
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  @Override
  public ZoneId getZone() {
    return UTC;
  }

  /// Nothing here reads a local time, so a clock of another zone is the same clock.
  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
