package io.reelkeeper.session.machine;

import io.reelkeeper.core.Mode;
import io.reelkeeper.session.state.Policy.HaWatchdog;
import io.reelkeeper.session.state.Session.Assurance;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import io.reelkeeper.session.state.Task.Status;
import io.reelkeeper.session.state.TimerKind;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;

/// What is watched beside the queries: that Agora's high availability took the recorder in (event
/// 13), and that it stays within our control.
final class WatchRules {

  /// Time enough for people to see the alarm, and for a replacement to take over.
  static final Duration BEFORE_EXPIRY = Duration.ofHours(1);

  /// The budget has room again within the hour, as a rule; each look is an alarm, so they are few.
  private static final Duration AGAIN_BEFORE_EXPIRY = Duration.ofMinutes(15);

  private WatchRules() {}

  /// A recorder begins.
  static void begins(Draft draft, Task task) {
    draft.set(TimerKind.EXPIRY, task, expires(task).minus(BEFORE_EXPIRY));
    // Pages are not recorded by the recorders that event 13 speaks of (reference §12.2).
    if (draft.from.mode() != Mode.WEB && draft.policy.haWatchdog() != HaWatchdog.OFF) {
      draft.set(TimerKind.HA, task, deadline(draft));
    }
  }

  /// A thrifty session pays for no second recorder before the doubt window is over.
  private static Duration deadline(Draft draft) {
    Duration deadline = draft.policy.haDeadline();
    Duration window = draft.policy.doubtWindow();
    boolean waits = draft.from.assurance() == Assurance.THRIFTY && deadline.compareTo(window) < 0;
    return waits ? window : deadline;
  }

  static Rule haDue(Draft draft, Task task, Signal.HaDue due) {
    if (!lacksHa(draft, task)) {
      return Rule.NOTED;
    }
    return switch (due.watchdog()) {
      case TRIPS -> {
        draft.alarm("ha-watchdog-tripped", task);
        yield Rule.HA_TRIPPED;
      }
      case OBSERVES -> Rule.HA_MISSED;
      case ENFORCES ->
          replacedBefore(draft) || !draft.affordsReplacement()
              ? Rule.HA_MISSED
              : draft.replace(task, Cause.HA_NOT_REGISTERED, Rule.HA_REPLACED);
    };
  }

  /// Whether Agora's high availability had to mind this recorder by now, and nothing says that it
  /// does.
  static boolean lacksHa(Draft draft, Task task) {
    boolean asked = task.sid() != null && task.wanted() && !task.ended();
    boolean answered = task.haRegistered() || task.agoraUid() != null;
    return asked && !answered && draft.wantsRecording() && !draft.hasSuccessor(task);
  }

  private static boolean replacedBefore(Draft draft) {
    return draft.tasks().stream().anyMatch(task -> task.cause() == Cause.HA_NOT_REGISTERED);
  }

  /// Event 13: what was started because it was missing is not needed.
  static Rule haRegistered(Draft draft, Task task) {
    Task.Edit edit = task.edit();
    edit.haRegistered = true;
    Task registered = draft.put(edit);
    draft.cancel(TimerKind.HA, registered);
    return safe(draft, registered) ? Rule.HA_REGISTERED_LATE : Rule.HA_REGISTERED;
  }

  /// Agora's high availability minds this recorder after all; whether that called anything off.
  static boolean safe(Draft draft, Task task) {
    return task.wanted()
        && (task.status() == Status.UNCONFIRMED || task.status() == Status.LIVE)
        && draft.callOff(task, Cause.HA_NOT_REGISTERED);
  }

  /// It records. What was to take over is not needed any more, but for another recorder that
  /// Agora's high availability shall mind instead of this one.
  static void serves(Draft draft, Task task) {
    boolean minded = task.haRegistered() || task.agoraUid() != null;
    draft.serves(task, other -> minded || !isForHa(task, other));
  }

  private static boolean isForHa(Task task, Task other) {
    return other.number() > task.number() && other.cause() == Cause.HA_NOT_REGISTERED;
  }

  /// Neither query nor stop reaches a recorder whose resource ID has expired; it records on.
  static Rule expiry(Draft draft, Task task) {
    if (task.sid() == null || task.ended()) {
      return Rule.NOTED;
    }
    draft.alarm("resource-expiring", task);
    if (!task.wanted()) {
      return Rule.RESOURCE_EXPIRING;
    }
    if (!draft.affordsReplacement()) {
      draft.set(TimerKind.EXPIRY, task, AGAIN_BEFORE_EXPIRY);
      return Rule.RESOURCE_EXPIRING;
    }
    return draft.replace(task, Cause.OPERATOR, Rule.RESOURCE_EXPIRING);
  }

  /// An operator sees what no query tells, such as a black picture. The recorder that works is not
  /// worth less for that: it stays until the other one records, and without room for one, too.
  static Rule replaceAsked(Draft draft) {
    return draft.tasks().stream()
        .filter(task -> task.wanted() && WORKING.contains(task.status()))
        .filter(draft::mayBeReplaced)
        .findFirst()
        .map(task -> draft.replace(task, Cause.OPERATOR, Rule.REPLACED_AS_ASKED))
        .orElse(Rule.REPLACE_DECLINED);
  }

  private static final Set<Status> WORKING = EnumSet.of(Status.LIVE, Status.DOUBTFUL);

  /// Agora counts from the sid on, and a sid that turned up late was given right after the acquire.
  private static Instant expires(Task task) {
    Instant acquired = task.acquiredAt() == null ? task.intendedAt() : task.acquiredAt();
    return acquired.plus(StartRules.RESOURCE_LIFE);
  }
}
