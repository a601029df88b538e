package io.reelkeeper.outbox;

import java.util.List;

/// The events that there are, by the names of contract §6.
public final class EventTypes {

  public static final List<String> ALL =
      List.of(
          "session.recording",
          "session.recovering",
          "session.stopped",
          "session.failed",
          "task.started",
          "task.replaced",
          "task.ended",
          "task.unknown",
          "files.uploaded",
          "audit.settled",
          "alarm.raised",
          "alarm.cleared");

  private EventTypes() {}

  /// Whether there is an event that the pattern stands for: a name, `session.*` or `*`.
  public static boolean knows(String pattern) {
    return ALL.stream().anyMatch(type -> stands(pattern, type));
  }

  static boolean stands(String pattern, String type) {
    return pattern.equals("*")
        || (pattern.endsWith(".*")
            ? type.startsWith(pattern.substring(0, pattern.length() - 1))
            : type.equals(pattern));
  }
}
