package io.reelkeeper.session.machine;

import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import io.reelkeeper.session.state.TimerKind;
import java.time.Duration;
import java.time.Instant;

/// What a recorded page says of itself, and what its silence means.
final class PageRules {

  /// A page may miss two reports on a bad line; the third says that it is not well.
  private static final int MISSED = 3;

  private PageRules() {}

  /// Whether the recorded page promised to report itself.
  static boolean isProbed(Draft draft) {
    return draft.from.request().path("page").path("probe").asBoolean(false);
  }

  /// A recorder begins: from now on its page is waited for.
  static void begins(Draft draft, Task task) {
    if (isProbed(draft)) {
      draft.set(TimerKind.PAGE, task, draft.policy.pageReadyWithin());
    }
  }

  static Rule ready(Draft draft, Task task) {
    if (!watched(draft, task)) {
      return Rule.NOTED;
    }
    Task.Edit edit = task.edit();
    edit.pageReadyAt = task.pageReadyAt() == null ? draft.now : task.pageReadyAt();
    edit.pageAliveAt = draft.now;
    waitForNext(draft, draft.put(edit));
    return task.pageReadyAt() == null ? Rule.PAGE_READY : Rule.PAGE_ALIVE;
  }

  static Rule alive(Draft draft, Task task) {
    if (!watched(draft, task)) {
      return Rule.NOTED;
    }
    Task.Edit edit = task.edit();
    edit.pageAliveAt = draft.now;
    Task heard = draft.put(edit);
    if (heard.pageReadyAt() != null) {
      waitForNext(draft, heard);
    }
    return Rule.PAGE_ALIVE;
  }

  static Rule due(Draft draft, Task task) {
    if (!watched(draft, task)) {
      return Rule.NOTED;
    }
    if (task.pageReadyAt() == null) {
      return replace(draft, task, Cause.PAGE_NOT_READY, Rule.PAGE_NOT_READY);
    }
    Instant heard = task.pageAliveAt() == null ? task.pageReadyAt() : task.pageAliveAt();
    Instant silentAt = heard.plus(silence(draft));
    if (draft.now.isBefore(silentAt)) {
      draft.set(TimerKind.PAGE, task, silentAt);
      return Rule.PAGE_ALIVE;
    }
    return replace(draft, task, Cause.PAGE_SILENT, Rule.PAGE_SILENT);
  }

  /// The old recorder stays until the new one is confirmed; its page is waited for as long, since
  /// what takes over may be called off.
  private static Rule replace(Draft draft, Task task, Cause cause, Rule rule) {
    waitForNext(draft, task);
    if (draft.hasSuccessor(task)) {
      return Rule.NOTED;
    }
    Rule done = draft.replace(task, cause, rule);
    if (done == rule) {
      draft.because(cause.word());
    }
    return done;
  }

  private static void waitForNext(Draft draft, Task task) {
    draft.set(TimerKind.PAGE, task, silence(draft));
  }

  private static Duration silence(Draft draft) {
    return draft.policy.pageAliveEvery().multipliedBy(MISSED);
  }

  private static boolean watched(Draft draft, Task task) {
    return isProbed(draft)
        && draft.wantsRecording()
        && task.wanted()
        && !task.ended()
        && task.sid() != null;
  }
}
