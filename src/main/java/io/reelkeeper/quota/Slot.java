package io.reelkeeper.quota;

import java.time.Duration;

/// Whether a request may leave.
public sealed interface Slot {

  /// It must leave now: the slot passes.
  ///
  /// @param waited since it was asked for
  record Go(Duration waited) implements Slot {}

  /// It must not leave; there may be room when this time has passed.
  record NotNow(Duration by) implements Slot {}
}
