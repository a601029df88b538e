package io.reelkeeper.core;

/// Whose fault a failure is; it picks the HTTP status, the log level and the metric's tag.
public enum Owner {
  CALLER,
  PROVIDER,
  US
}
