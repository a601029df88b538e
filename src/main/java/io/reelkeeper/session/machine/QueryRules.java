package io.reelkeeper.session.machine;

import io.reelkeeper.core.Mode;
import io.reelkeeper.session.state.Policy.M3u8After;
import io.reelkeeper.session.state.Session.Assurance;
import io.reelkeeper.session.state.Session.OnIdle;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import io.reelkeeper.session.state.Task.Status;
import io.reelkeeper.session.state.TimerKind;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What the answers to a query mean.
final class QueryRules {

  private QueryRules() {}

  static Rule answered(Draft draft, Task task, Signal.QueryAnswered answer) {
    Task named = draft.files(task, answer.files());
    if (!watched(named)) {
      return Rule.NOTED;
    }
    if (answer.status() == 4 || answer.status() == 5) {
      return proven(draft, named);
    }
    return named.status() == Status.UNCONFIRMED ? notReady(draft, named) : doubted(draft, named);
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
    Instant playlist = playlistQuestion(draft, task);
    if (playlist != null && !draft.now.isBefore(playlist)) {
      edit.playlistAsked++;
    }
    Task live = draft.put(edit);
    draft.set(TimerKind.QUERY, live, nextQuestion(draft, live));
    if (rule != Rule.PROVEN_AGAIN) {
      WatchRules.serves(draft, live);
      UpdateRules.serves(draft, live);
    }
    return rule;
  }

  private static Instant nextQuestion(Draft draft, Task live) {
    Instant regular = draft.nextMonitor();
    Instant playlist = playlistQuestion(draft, live);
    return playlist != null && playlist.isBefore(regular) ? playlist : regular;
  }

  /// When Agora is asked for the name of the playlist, which exists after the first slice: twice,
  /// then never. Null when there is nothing to ask: a page's name is known beforehand.
  private static @Nullable Instant playlistQuestion(Draft draft, Task task) {
    if (task.playlist() != null || task.playlistAsked() > 1 || draft.from.mode() == Mode.WEB) {
      return null;
    }
    M3u8After after = draft.policy.m3u8After();
    Instant first =
        startedAt(task)
            .plus(draft.from.mode() == Mode.COMPOSITE ? after.composite() : after.individual());
    return task.playlistAsked() == 0 ? first : first.plus(after.retry());
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
    Duration longest = draft.maxIdleTime().minusSeconds(1);
    return longest.isPositive() && pause.compareTo(longest) > 0 ? longest : pause;
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
    if (!draft.hasSuccessor(doubtful) && mayBeIdle(draft, doubtful)) {
      return askWhetherIdle(draft, doubtful, windowOver);
    }
    boolean waits = draft.hasSuccessor(doubtful) || (refusedBefore(draft, doubtful) && !windowOver);
    Rule rule = waits ? Rule.DOUBTED : draft.replace(doubtful, Cause.NOT_FOUND, Rule.LOST);
    if (rule == Rule.LOST) {
      draft.because(Cause.NOT_FOUND.word());
    }
    if (rule == Rule.REPLACEMENTS_EXHAUSTED || rule == Rule.SUCCESSOR_FAILED) {
      return rule;
    }
    if (windowOver) {
      draft.end(doubtful, "not-found");
      return rule == Rule.LOST ? rule : Rule.LOST_PROVEN;
    }
    draft.set(TimerKind.QUERY, doubtful, draft.policy.notFound().afterOrLast(doubtful.tries()));
    return rule;
  }

  /// A start that was refused is refused again: the next one goes out when there is no hope left
  /// that the old recorder comes back, and its refusal ends the session with its reason.
  private static boolean refusedBefore(Draft draft, Task doubtful) {
    return draft.tasks().stream()
        .anyMatch(it -> it.replaces() == doubtful.number() && "refused".equals(it.endReason()));
  }

  /// Without notices a recorder that left an empty channel looks like one that died. It can have
  /// left only after `maxIdleTime`; and a critical session does not wait for an answer.
  private static boolean mayBeIdle(Draft draft, Task task) {
    return draft.from.mode() != Mode.WEB
        && draft.from.assurance() != Assurance.CRITICAL
        && task.doubtSince() != null
        && !task.doubtSince().isBefore(startedAt(task).plus(draft.maxIdleTime()));
  }

  private static Rule askWhetherIdle(Draft draft, Task doubtful, boolean windowOver) {
    if (windowOver) {
      draft.end(doubtful, "not-found");
    } else {
      draft.set(TimerKind.QUERY, doubtful, draft.policy.notFound().afterOrLast(doubtful.tries()));
    }
    draft.set(TimerKind.PRESENCE, doubtful, Duration.ZERO);
    return Rule.LOST_OR_IDLE;
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

  /// Whom the channel holds, after its recorder left it, or could not be found any more.
  static Rule present(Draft draft, Task task, Signal.Present answer) {
    boolean left = task.ended() && "idle".equals(task.endReason());
    boolean lost = task.doubtSince() != null && !left;
    if (!draft.wantsRecording() || draft.hasSuccessor(task) || !(left || lost)) {
      return Rule.NOTED;
    }
    if (lost && answer.hosts() != 0) {
      draft.because(Cause.NOT_FOUND.word());
      return draft.replace(task, Cause.NOT_FOUND, Rule.LOST);
    }
    if (answer.hosts() > 0) {
      return draft.replace(task, Cause.EXITED, Rule.USERS_CAME);
    }
    boolean within = lost && draft.now.isBefore(doubtSince(draft, task).plus(draft.maxIdleTime()));
    if (lost && !within && draft.from.onIdle() == OnIdle.END) {
      draft.stop("idle");
      return Rule.ENDED_IDLE;
    }
    // Who comes back within the idle time was never to miss anything.
    draft.set(
        TimerKind.PRESENCE,
        task,
        within
            ? draft.policy.notFound().afterOrLast(Integer.MAX_VALUE)
            : draft.policy.monitorInterval());
    return Rule.STILL_EMPTY;
  }

  private static Instant doubtSince(Draft draft, Task task) {
    return task.doubtSince() == null ? draft.now : task.doubtSince();
  }
}
