package io.reelkeeper.session.machine;

import io.reelkeeper.core.Backoff;
import io.reelkeeper.session.state.Session.Refusal;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import io.reelkeeper.session.state.Task.Phase;
import io.reelkeeper.session.state.Task.Status;
import io.reelkeeper.session.state.TimerKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What the answers to a start mean, and the lack of them.
final class StartRules {

  /// A resource ID lives five minutes (reference §2.3); a start must arrive before that.
  private static final Duration START_WITHIN = Duration.ofMinutes(5).minusSeconds(20);

  /// The `resourceExpiredHour` that we send: after it nothing could ask or stop a recorder.
  static final Duration RESOURCE_LIFE = Task.RESOURCE_LIFE;

  private StartRules() {}

  static Rule due(Draft draft, Task task) {
    if (task.status() != Status.INTENDED) {
      return Rule.NOTED;
    }
    if (!task.wanted()) {
      return task.mayRun() ? unknown(draft, task) : abandon(draft, task);
    }
    boolean young =
        task.resourceId() != null
            && task.acquiredAt() != null
            && draft.now.isBefore(task.acquiredAt().plus(START_WITHIN));
    if (young) {
      Task.Edit edit = task.edit();
      edit.sentUnheard = task.sentUnheard() || task.phase() == Phase.SENT;
      edit.phase = Phase.SENT;
      edit.attempt++;
      draft.put(edit);
      return Rule.START_SENT_AGAIN;
    }
    if (task.mayRun()) {
      return unknown(draft, task);
    }
    Task.Edit edit = task.edit();
    edit.resourceId = null;
    edit.acquiredAt = null;
    draft.put(edit);
    draft.set(TimerKind.START, task, Duration.ZERO);
    return Rule.START_REACQUIRED;
  }

  static Rule acquired(Draft draft, Task task, Signal.Acquired answer) {
    boolean again =
        task.status() == Status.INTENDED
            && task.phase() == Phase.SENT
            && task.attempt() == answer.attempt() + 1
            && answer.resourceId().equals(task.resourceId());
    if (again) {
      // Stored before, only the confirmation of the commit was lost.
      return Rule.START_SENT;
    }
    boolean current =
        task.status() == Status.INTENDED
            && task.attempt() == answer.attempt()
            && task.phase() == Phase.WAITING;
    if (!current) {
      return Rule.START_OUTDATED;
    }
    if (!task.wanted()) {
      return abandon(draft, task);
    }
    Task.Edit edit = task.edit();
    edit.resourceId = answer.resourceId();
    edit.acquiredAt = draft.now;
    edit.phase = Phase.SENT;
    edit.attempt++;
    draft.put(edit);
    return Rule.START_SENT;
  }

  static Rule granted(Draft draft, Task task, Signal.StartGranted answer) {
    if (task.sid() != null) {
      return Rule.NOTED;
    }
    Task.Edit edit = task.edit();
    edit.resourceId = answer.resourceId();
    if (task.status() == Status.UNKNOWN) {
      return adopt(draft, draft.put(edit), answer.sid());
    }
    Task running = begun(draft, edit, answer.sid());
    if (running.wanted() && draft.wantsRecording()) {
      draft.event("task.started", running);
      return Rule.START_ACCEPTED;
    }
    draft.dismiss(running, "stopped");
    return Rule.START_SURPLUS;
  }

  /// A sid is known: from now on it can be asked and stopped.
  private static Task begun(Draft draft, Task.Edit edit, String sid) {
    edit.sid = sid;
    edit.startedAt = draft.now;
    edit.status = Status.UNCONFIRMED;
    edit.phase = Phase.WAITING;
    edit.tries = 0;
    edit.unheard = 0;
    edit.sentUnheard = false;
    edit.endedAt = null;
    edit.endReason = null;
    Task task = draft.put(edit);
    draft.cancel(TimerKind.START, task);
    draft.cancel(TimerKind.SETTLE, task);
    draft.set(TimerKind.QUERY, task, draft.policy.verifyDelay());
    WatchRules.begins(draft, task);
    PageRules.begins(draft, task);
    return task;
  }

  /// The sid of a start whose answer was lost turned up, late or in a notice: used if the session
  /// lacks a recorder, stopped if it has one.
  static Rule adopt(Draft draft, Task task, String sid) {
    boolean needed = draft.wantsRecording() && task.wanted() && !draft.recordedByOther(task);
    Task running = begun(draft, task.edit(), sid);
    if (needed) {
      draft.set(TimerKind.QUERY, running, Duration.ZERO);
      draft.event("task.started", running);
      draft.callOffSuccessors(running);
      return Rule.SID_ADOPTED;
    }
    draft.dismiss(running, "surplus");
    return Rule.SID_ADOPTED_SURPLUS;
  }

  static Rule refused(Draft draft, Task task, Signal.StartRefused answer) {
    if (task.status() != Status.INTENDED) {
      return Rule.NOTED;
    }
    Task.Edit edit = Draft.answered(task);
    // A start that we refuse ourselves says nothing of the one that went out before.
    edit.sentUnheard |= task.phase() == Phase.SENT && ourOwn(answer);
    Task heard = draft.put(edit);
    if (ourOwn(answer)) {
      // somebody has changed what must not change while sessions live
      draft.alarm(answer.reason(), heard);
    }
    if (heard.mayRun()) {
      return unknown(draft, heard);
    }
    draft.end(heard, "refused");
    if (draft.hasOtherRecorder(heard)) {
      draft.alarm("replacement-refused", heard);
      return Rule.START_REFUSED_OTHER_STAYS;
    }
    if (draft.wantsRecording()) {
      draft.refused(
          new Refusal(
              answer.operation(),
              answer.httpStatus(),
              answer.code(),
              answer.reason(),
              answer.detail()));
      draft.fail(ourOwn(answer) ? answer.reason() : "provider-rejected");
    }
    return Rule.START_REFUSED;
  }

  /// Nothing was asked of Agora: what would have been sent is not what was accepted.
  private static boolean ourOwn(Signal.StartRefused answer) {
    return answer.operation().equals(Signal.StartRefused.OURSELVES);
  }

  static Rule busy(Draft draft, Task task, Signal.StartBusy answer) {
    if (task.status() != Status.INTENDED) {
      return Rule.NOTED;
    }
    Task.Edit edit = Draft.answered(task);
    boolean paced = answer.httpStatus() == 429 || answer.code() == 429;
    if (paced) {
      edit.unheard++;
    } else {
      edit.tries++;
    }
    edit.sentUnheard |= mayHaveStarted(answer);
    boolean outdated = answer.code() == 433 || answer.code() == 1001;
    if (outdated && !edit.sentUnheard) {
      edit.resourceId = null;
      edit.acquiredAt = null;
    }
    Task heard = draft.put(edit);
    if (!heard.wanted() || (outdated && heard.sentUnheard())) {
      return heard.mayRun() ? unknown(draft, heard) : abandon(draft, heard);
    }
    if (paced) {
      return retry(draft, heard, answer, draft.policy.start().afterOrLast(heard.unheard()));
    }
    boolean first = heard.replaces() == 0;
    if (answer.operation().equals("acquire")) {
      // The call itself was patient already: the caller shall hear it, a replacement goes on.
      if (first) {
        boolean workers = answer.code() == 406;
        draft.end(heard, workers ? "workers-exhausted" : "provider-unavailable");
        draft.fail(workers ? "workers-exhausted" : "provider-unavailable");
        return workers ? Rule.START_WORKERS_EXHAUSTED : Rule.START_OUT_OF_REACH;
      }
      return retry(draft, heard, answer, draft.policy.serverError().afterOrLast(heard.tries()));
    }
    Backoff ladder =
        answer.code() == UNFINISHED ? draft.policy.startUnfinished() : draft.policy.start();
    Optional<Duration> pause =
        outdated && heard.tries() <= 2 ? Optional.of(Duration.ZERO) : ladder.after(heard.tries());
    if (pause.isPresent()) {
      return retry(draft, heard, answer, pause.get());
    }
    return underOtherUid(draft, heard);
  }

  /// "Request not completed" and "request timeout" reached the back end; an error of a gateway,
  /// which has no code of its own, says nothing of what happened behind it.
  private static boolean mayHaveStarted(Signal.StartBusy answer) {
    boolean gateway = answer.httpStatus() > 500 && answer.code() == answer.httpStatus();
    return answer.operation().equals("start")
        && (answer.code() == UNFINISHED || answer.code() == TIMEOUT || gateway);
  }

  private static final int UNFINISHED = 65;
  private static final int TIMEOUT = 62;

  private static Rule retry(Draft draft, Task task, Signal.StartBusy answer, Duration pause) {
    Duration wish = answer.retryAfter();
    draft.set(TimerKind.START, task, wish != null && wish.compareTo(pause) > 0 ? wish : pause);
    return Rule.START_RETRIED;
  }

  private static Rule underOtherUid(Draft draft, Task task) {
    if (task.mayRun()) {
      markUnknown(
          draft, task, task.intendedAt().plus(RESOURCE_LIFE).minus(WatchRules.BEFORE_EXPIRY));
      draft.alarm("unknown-start", task);
    } else {
      draft.end(task, "start-failed");
    }
    return draft.replace(task, Cause.START_FAILED, Rule.START_UNDER_OTHER_UID);
  }

  static Rule unheard(Draft draft, Task task, Signal.StartUnheard answer) {
    if (task.status() != Status.INTENDED) {
      return Rule.NOTED;
    }
    Task.Edit edit = Draft.answered(task);
    edit.tries++;
    edit.sentUnheard |= answer.reached();
    Task tried = draft.put(edit);
    if (tried.mayRun()) {
      return unknown(draft, tried);
    }
    if (!tried.wanted()) {
      return abandon(draft, tried);
    }
    if (tried.replaces() == 0) {
      draft.end(tried, "provider-unavailable");
      draft.fail("provider-unavailable");
      return Rule.START_OUT_OF_REACH;
    }
    draft.set(TimerKind.START, tried, draft.policy.serverError().afterOrLast(tried.tries()));
    return Rule.START_RETRIED;
  }

  static Rule already(Draft draft, Task task) {
    if (task.status() != Status.INTENDED) {
      return Rule.NOTED;
    }
    Task.Edit edit = Draft.answered(task);
    edit.sentUnheard = true;
    return unknown(draft, draft.put(edit));
  }

  /// Visible, alarmed when nothing tells within the time, and never called failed without proof.
  private static Rule unknown(Draft draft, Task task) {
    boolean waitForNotice = task.wanted() && draft.wantsRecording();
    Task.Edit edit = task.edit();
    edit.sentUnheard = true;
    Task unsure =
        markUnknown(
            draft,
            draft.put(edit),
            waitForNotice
                ? draft.now.plus(draft.policy.unknownStartWait())
                : task.intendedAt().plus(RESOURCE_LIFE).minus(WatchRules.BEFORE_EXPIRY));
    if (!waitForNotice) {
      draft.alarm("unknown-start", unsure);
    }
    return Rule.START_UNKNOWN;
  }

  private static Task markUnknown(Draft draft, Task task, Instant settle) {
    Task.Edit edit = task.edit();
    edit.status = Status.UNKNOWN;
    edit.phase = Phase.WAITING;
    Task unsure = draft.put(edit);
    draft.cancel(TimerKind.START, unsure);
    draft.set(TimerKind.SETTLE, unsure, settle);
    draft.event("task.unknown", unsure);
    return unsure;
  }

  static Rule settle(Draft draft, Task task) {
    if (task.status() != Status.UNKNOWN) {
      return Rule.NOTED;
    }
    Instant over = task.intendedAt().plus(RESOURCE_LIFE);
    Instant expiring = over.minus(WatchRules.BEFORE_EXPIRY);
    if (!draft.now.isBefore(over)) {
      draft.end(task, "unprovable");
      return task.wanted()
          ? draft.replace(task, Cause.START_FAILED, Rule.UNKNOWN_GIVEN_UP)
          : Rule.UNKNOWN_GIVEN_UP;
    }
    if (!draft.now.isBefore(expiring)) {
      draft.set(TimerKind.SETTLE, task, over);
      draft.alarm("resource-expiring", task);
      return Rule.RESOURCE_EXPIRING;
    }
    draft.set(TimerKind.SETTLE, task, expiring);
    draft.alarm("unknown-start", task);
    return task.wanted()
        ? draft.replace(task, Cause.START_FAILED, Rule.UNKNOWN_REPLACED)
        : Rule.UNKNOWN_KEPT;
  }

  private static Rule abandon(Draft draft, Task task) {
    draft.end(task, "never-started");
    return Rule.START_ABANDONED;
  }
}
