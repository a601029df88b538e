package io.reelkeeper.timer;

import java.time.Instant;

/// A timer set or cancelled; one kind and instance has at most one timer.
public sealed interface TimerChange {

  String kind();

  String instance();

  /// Due at `at`, whatever was set before. Higher `priority` is run first when many are due.
  record Set(String kind, String instance, Instant at, int priority) implements TimerChange {}

  record Cancel(String kind, String instance) implements TimerChange {}
}
