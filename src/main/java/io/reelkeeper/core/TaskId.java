package io.reelkeeper.core;

import java.util.UUID;

/// One recording attempt of a session, `<session>/<number>`; also the name of its timers.
public record TaskId(UUID session, int number) {

  public static TaskId parse(String text) {
    int slash = text.indexOf('/');
    return new TaskId(
        UUID.fromString(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
  }

  @Override
  public String toString() {
    return session + "/" + number;
  }
}
