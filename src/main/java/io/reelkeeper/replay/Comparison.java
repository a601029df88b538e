package io.reelkeeper.replay;

import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Session.Status;
import io.reelkeeper.session.state.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// One stored session under both policies.
///
/// @param reproduced whether the configured policy leads to what is stored
/// @param unreadable rows of its history that could not be understood
record Comparison(
    Session stored, Outcome configured, Outcome other, boolean reproduced, int unreadable) {

  /// Network, timers and a busy database come to less; another interval or ladder to more.
  private static final Duration TOLERANCE = Duration.ofSeconds(10);

  static Comparison of(Session stored, Truth truth, Outcome configured, Outcome other) {
    return new Comparison(
        stored, configured, other, reproduces(configured, stored), truth.unreadable());
  }

  private static boolean reproduces(Outcome outcome, Session stored) {
    List<Task> tasks = stored.tasks();
    List<String> causes =
        tasks.stream().filter(it -> it.number() > 1).map(it -> it.cause().word()).toList();
    String reason = stored.reason() == null ? "" : stored.reason();
    if (!outcome.causes().equals(causes)
        || !(outcome.status().equals(stored.status().word()) || stillStopping(outcome, stored))
        || (stored.status().isFinal() && !outcome.reason().equals(reason))) {
      return false;
    }
    for (int i = 0; i < tasks.size(); i++) {
      Instant intended = tasks.get(i).intendedAt();
      Duration off = Duration.between(intended, outcome.intents().get(i)).abs();
      if (off.compareTo(TOLERANCE) > 0) {
        return false;
      }
    }
    return true;
  }

  /// A simulation lives through the stops that are still on their way.
  private static boolean stillStopping(Outcome outcome, Session stored) {
    return stored.status() == Status.STOPPING && outcome.status().equals(Status.STOPPED.word());
  }

  boolean differs() {
    return other.differsFrom(configured);
  }

  boolean complete() {
    return configured.complete() && other.complete();
  }
}
