package io.reelkeeper.session.machine;

import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.TimerKind;
import java.time.Duration;
import java.time.Instant;

/// What it takes until a recorder has provably ended.
final class StopRules {

  private StopRules() {}

  static Rule asked(Draft draft, Signal.StopAsked signal) {
    if (!draft.wantsRecording()) {
      return Rule.NOTED;
    }
    draft.stop(signal.reason());
    return Rule.STOP_ACCEPTED;
  }

  static Rule answered(Draft draft, Task task, Signal.StopAnswered answer) {
    draft.files(task, answer.files());
    if (task.ended() || task.wanted()) {
      return Rule.NOTED;
    }
    return switch (answer.outcome()) {
      case DONE, ENDING -> proven(draft, task, "stopped");
      case EMPTY -> proven(draft, task, "empty");
      case NOT_FOUND -> notFound(draft, task);
      case REFUSED -> {
        if (task.unheard() == 0) {
          draft.alarm("stop-refused", task);
        }
        unheard(draft, task);
        yield Rule.STOP_REFUSED;
      }
      case UNHEARD -> unheard(draft, task);
    };
  }

  /// What became of the files changes nothing of the recording, and the business is told.
  static Rule audited(Draft draft, Task task, Signal.Audited audit) {
    if (!audit.settled()) {
      return Rule.AUDITED;
    }
    draft.auditSettled(task, audit.status(), audit.findings());
    return Rule.AUDIT_SETTLED;
  }

  private static Rule unheard(Draft draft, Task task) {
    Task.Edit edit = task.edit();
    edit.unheard++;
    edit.doubtSince = null;
    Task again = draft.put(edit);
    return repeat(draft, again, draft.policy.serverError().afterOrLast(again.unheard()));
  }

  private static Rule proven(Draft draft, Task task, String why) {
    draft.end(task, why);
    return Rule.STOP_CONFIRMED;
  }

  /// A recorder that fails over answers 404 too, and comes back: only a 404 that lasts proves.
  private static Rule notFound(Draft draft, Task task) {
    Instant since = task.doubtSince() == null ? draft.now : task.doubtSince();
    Instant proof = since.plus(draft.policy.doubtWindow());
    if (!draft.now.isBefore(proof)) {
      draft.end(task, "not-found");
      return Rule.STOP_PROVEN_BY_ABSENCE;
    }
    Task.Edit edit = task.edit();
    edit.tries++;
    edit.unheard = 0;
    edit.doubtSince = since;
    Task again = draft.put(edit);
    Duration pause = draft.policy.notFound().afterOrLast(again.tries());
    Duration left = Duration.between(draft.now, proof);
    return repeat(draft, again, pause.compareTo(left) < 0 ? pause : left);
  }

  private static Rule repeat(Draft draft, Task task, Duration pause) {
    draft.set(TimerKind.STOP, task, pause);
    return Rule.STOP_REPEATED;
  }
}
