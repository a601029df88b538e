package io.reelkeeper.core;

import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Ids that sort by the time they were made (RFC 9562, version 7).
public final class Uuid7 {

  private Uuid7() {}

  public static UUID at(Instant now, RandomGenerator random) {
    long high = (now.toEpochMilli() << 16) | 0x7000L | (random.nextLong() & 0x0FFFL);
    long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  /// Sorts before every id that was made at this time or later, and after those of the milliseconds
  /// before it.
  public static UUID firstAt(Instant time) {
    return new UUID(Math.max(0, time.toEpochMilli()) << 16, 0);
  }
}
