package io.reelkeeper.sandbox.http;

/// What a request is answered.
///
/// @param drops whether the connection is closed instead
public record Reply(int status, byte[] body, boolean drops) {

  public static final Reply DROPPED = new Reply(0, new byte[0], true);

  public static Reply of(int status, byte[] body) {
    return new Reply(status, body, false);
  }
}
