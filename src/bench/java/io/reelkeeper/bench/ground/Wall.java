package io.reelkeeper.bench.ground;

import java.time.Instant;
import java.time.InstantSource;

/// The time of the wall, which the service's processes and the database see, too.
public final class Wall {

  private static final InstantSource CLOCK = InstantSource.system();

  private Wall() {}

  public static Instant now() {
    return CLOCK.instant();
  }
}
