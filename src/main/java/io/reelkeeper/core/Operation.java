package io.reelkeeper.core;

/// What can be asked of Agora.
public enum Operation {
  ACQUIRE("acquire"),
  START("start"),
  QUERY("query"),
  UPDATE("update"),
  UPDATE_LAYOUT("updateLayout"),
  STOP("stop"),
  PRESENCE("presence");

  private final String word;

  Operation(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }
}
