package io.reelkeeper.storage.check;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// Which profiles can be read. It is never `DOWN`: the service records whether or not it may look
/// into a bucket, and no load balancer shall take it away for that.
@Component
class StorageHealthIndicator implements HealthIndicator {

  private final ProfileCheck check;

  StorageHealthIndicator(ProfileCheck check) {
    this.check = check;
  }

  @Override
  public Health health() {
    return (check.allReadable() ? Health.up() : Health.unknown()).withDetails(check.seen()).build();
  }
}
