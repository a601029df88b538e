package io.reelkeeper.bench.ground;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waiting for something that shows by looking.
public final class Waits {

  private Waits() {}

  public static void until(Duration atMost, String what, BooleanSupplier there) {
    until(atMost, Duration.ofMillis(100), what, there);
  }

  /// @param look how often to look
  public static void until(Duration atMost, Duration look, String what, BooleanSupplier there) {
    long end = System.nanoTime() + atMost.toNanos();
    while (!there.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("waited in vain for " + what);
      }
      LockSupport.parkNanos(look.toNanos());
    }
  }

  public static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
