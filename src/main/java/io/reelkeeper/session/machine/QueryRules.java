package io.reelkeeper.session.machine;

import io.reelkeeper.session.state.Session.Assurance;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import io.reelkeeper.session.state.Task.Status;
import io.reelkeeper.session.state.TimerKind;
import java.time.Duration;
import java.time.Instant;

/// What the answers to a query mean.
final class QueryRules {

  private QueryRules() {}

  static Rule answered(Draft draft, Task task, Signal.QueryAnswered answer) {
    draft.files(task, answer.files());
    if (!watched(task)) {
      return Rule.NOTED;
    }
    if (answer.status() == 4 || answer.status() == 5) {
      return proven(draft, task);
    }
    return task.status() == Status.UNCONFIRMED ? notReady(draft, task) : doubted(draft, task);
  }

  /// A task that is being stopped is asked no more: its end is what must be proven then.
  private static boolean watched(Task task) {
    return task.wanted() && !task.ended() && task.sid() != null;
  }

  private static Rule proven(Draft draft, Task task) {
    Rule rule =
        switch (task.status()) {
          case UNCONFIRMED -> Rule.CONFIRMED;
          case DOUBTFUL -> Rule.FOUND_AGAIN;
          default -> Rule.PROVEN_AGAIN;
        };
    Task.Edit edit = task.edit();
    edit.status = Status.LIVE;
    edit.provenAt = draft.now;
    edit.confirmedAt = task.confirmedAt() == null ? draft.now : task.confirmedAt();
    edit.doubtSince = null;
    edit.tries = 0;
    edit.unheard = 0;
    Task live = draft.put(edit);
    draft.set(TimerKind.QUERY, live, draft.nextMonitor());
    if (rule != Rule.PROVEN_AGAIN) {
      draft.serves(live);
    }
    return rule;
  }

  private static Rule notReady(Draft draft, Task task) {
    Task.Edit edit = task.edit();
    edit.tries++;
    edit.unheard = 0;
    edit.doubtSince = null;
    Task asked = draft.put(edit);
    return untilDeadline(
        draft, asked, draft.policy.verify().afterOrLast(asked.tries()), Rule.NOT_READY_YET);
  }

  /// Asks an unconfirmed task again, at the latest at its deadline; past that it is replaced, and
  /// asked on: it may come to life before the other one does.
  private static Rule untilDeadline(Draft draft, Task task, Duration pause, Rule rule) {
    Instant deadline = startedAt(task).plus(draft.policy.verifyDeadline());
    Instant next = draft.now.plus(belowMaxIdleTime(draft, pause));
    if (draft.now.isBefore(deadline)) {
      draft.set(TimerKind.QUERY, task, next.isBefore(deadline) ? next : deadline);
      return rule;
    }
    draft.set(TimerKind.QUERY, task, next);
    return draft.hasSuccessor(task)
        ? rule
        : draft.replace(task, Cause.NOT_CONFIRMED, Rule.NOT_CONFIRMED_IN_TIME);
  }

  private static Instant startedAt(Task task) {
    return task.startedAt() == null ? task.intendedAt() : task.startedAt();
  }

  /// While a start is confirmed two queries are closer together than `maxIdleTime`.
  private static Duration belowMaxIdleTime(Draft draft, Duration pause) {
    int seconds = draft.from.request().path("recording").path("maxIdleTime").asInt(0);
    Duration longest = Duration.ofSeconds(seconds).minusSeconds(1);
    return seconds > 1 && pause.compareTo(longest) > 0 ? longest : pause;
  }

  static Rule notFound(Draft draft, Task task) {
    return watched(task) ? doubted(draft, task) : Rule.NOTED;
  }

  /// A 404, or a recorder that says that it is leaving. Agora's own failover looks the same for up
  /// to 90 seconds, so the task stays wanted until the doubt window is over or another one records.
  private static Rule doubted(Draft draft, Task task) {
    Task.Edit edit = task.edit();
    boolean first = task.doubtSince() == null;
    edit.tries = first ? 1 : task.tries() + 1;
    edit.unheard = 0;
    Instant since = task.doubtSince() == null ? draft.now : task.doubtSince();
    edit.doubtSince = since;
    edit.status = task.status() == Status.LIVE ? Status.DOUBTFUL : task.status();
    Task doubtful = draft.put(edit);
    boolean windowOver = !draft.now.isBefore(since.plus(draft.policy.doubtWindow()));
    boolean lost =
        switch (draft.from.assurance()) {
          case CRITICAL -> doubtful.tries() > 1;
          case STANDARD -> draft.policy.notFound().after(doubtful.tries()).isEmpty();
          case THRIFTY -> windowOver;
        };
    if (!lost) {
      Duration pause =
          draft.from.assurance() == Assurance.CRITICAL
              ? Duration.ZERO
              : draft.policy.notFound().afterOrLast(doubtful.tries());
      draft.set(TimerKind.QUERY, doubtful, draft.now.plus(pause));
      return Rule.DOUBTED;
    }
    Rule rule =
        draft.hasSuccessor(doubtful)
            ? Rule.DOUBTED
            : draft.replace(doubtful, Cause.NOT_FOUND, Rule.LOST);
    if (rule == Rule.LOST) {
      draft.because(Cause.NOT_FOUND.word());
    }
    if (rule == Rule.REPLACEMENTS_EXHAUSTED) {
      return rule;
    }
    if (windowOver) {
      draft.end(doubtful, "not-found");
      return rule == Rule.LOST ? rule : Rule.LOST_PROVEN;
    }
    draft.set(TimerKind.QUERY, doubtful, draft.policy.notFound().afterOrLast(doubtful.tries()));
    return rule;
  }

  static Rule unheard(Draft draft, Task task) {
    if (!watched(task)) {
      return Rule.NOTED;
    }
    Task.Edit edit = task.edit();
    edit.unheard++;
    edit.doubtSince = null;
    Task asked = draft.put(edit);
    Duration pause = draft.policy.serverError().afterOrLast(asked.unheard());
    if (asked.status() == Status.UNCONFIRMED) {
      return untilDeadline(draft, asked, pause, Rule.UNHEARD);
    }
    draft.set(TimerKind.QUERY, asked, pause);
    return Rule.UNHEARD;
  }

  static Rule postponed(Draft draft, Task task, Signal.QueryPostponed answer) {
    if (!watched(task)) {
      return Rule.NOTED;
    }
    draft.set(TimerKind.QUERY, task, answer.by());
    return Rule.POSTPONED;
  }

  static Rule refused(Draft draft, Task task) {
    if (!watched(task)) {
      return Rule.NOTED;
    }
    if (task.unheard() == 0) {
      draft.alarm("query-refused", task);
    }
    Task.Edit edit = task.edit();
    edit.unheard++;
    draft.set(TimerKind.QUERY, draft.put(edit), draft.policy.monitorInterval());
    return Rule.QUERY_REFUSED;
  }

  static Rule present(Draft draft, Task task, Signal.Present answer) {
    if (!draft.wantsRecording() || !task.ended() || draft.hasSuccessor(task)) {
      return Rule.NOTED;
    }
    if (answer.hosts() > 0) {
      return draft.replace(task, Cause.EXITED, Rule.USERS_CAME);
    }
    draft.set(TimerKind.PRESENCE, task, draft.policy.monitorInterval());
    return Rule.STILL_EMPTY;
  }
}
