package io.reelkeeper.session;

/// Every decision that the machine can take, by name.
public enum Rule {
  /// Kept in the history; nothing changes.
  NOTED
}
