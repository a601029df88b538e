package io.reelkeeper.quota;

/// Who goes first when requests queue, in this order.
public enum Urgency {
  /// The start that belongs to an acquire already made: a resource ID wants its start within 2 s.
  SECOND_OF_PAIR,
  /// What a caller or a failure waits for: acquire, stop, update, the confirmation of a start.
  COMMAND,
  /// The regular query of what runs.
  POLL
}
