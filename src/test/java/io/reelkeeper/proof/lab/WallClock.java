package io.reelkeeper.proof.lab;

import java.time.Instant;
import java.time.InstantSource;

/// The machine's time, which all processes of a trial share.
public final class WallClock {

  private static final InstantSource SOURCE = InstantSource.system();

  private WallClock() {}

  public static Instant now() {
    return SOURCE.instant();
  }
}
