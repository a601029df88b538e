package io.reelkeeper.api.health;

import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// Ready means: the database answers, its schema is ours, and the two clocks agree.
///
/// It only reads what the watch saw last, so it is safe on the event loop.
@Component
class DatabaseHealthIndicator implements HealthIndicator {

  /// Deadlines are stored times: a clock that is further off fires watchdogs early or late.
  private static final Duration TOLERATED_SKEW = Duration.ofSeconds(2);

  private final DatabaseWatch watch;

  DatabaseHealthIndicator(DatabaseWatch watch) {
    this.watch = watch;
  }

  @Override
  public Health health() {
    DatabaseWatch.Seen seen = watch.seen();
    boolean together = seen.skew().abs().compareTo(TOLERATED_SKEW) < 0;
    return (seen.there() && seen.migrated() && together ? Health.up() : Health.down())
        .withDetail("reachable", seen.there())
        .withDetail("migrated", seen.migrated())
        .withDetail("clockSkewMillis", seen.skew().toMillis())
        .withDetail("clockCorrectionMillis", watch.correction().toMillis())
        .build();
  }
}
