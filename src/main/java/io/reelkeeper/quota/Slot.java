package io.reelkeeper.quota;

import java.time.Duration;

/// Whether a request may leave.
public sealed interface Slot {

  /// It must leave now: the slot passes.
  ///
  /// @param waited since it was asked for
  /// @param number of the slot, among all that were ever booked for the App ID
  /// @param due the `nanoTime` that it was booked for; at most a little while ago
  record Go(Duration waited, long number, long due) implements Slot {

    private static final long PUNCTUAL = Pace.PUNCTUAL.toNanos();
    private static final long OVER = Duration.ofMillis(500).toNanos();

    /// Whether a request that left then must be told of, see [Quota#leftLate].
    ///
    /// @param at a `nanoTime`
    public boolean isLate(long at) {
      return at - due > PUNCTUAL;
    }

    /// Whether it is too late to leave: after half a second or more, what was behind it may have
    /// left, and it would be one too many.
    ///
    /// @param at a `nanoTime`
    public boolean isOver(long at) {
      return at - due > OVER;
    }
  }

  /// It must not leave; there may be room when this time has passed.
  record NotNow(Duration by) implements Slot {}
}
