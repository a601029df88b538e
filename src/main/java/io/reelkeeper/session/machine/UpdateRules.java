package io.reelkeeper.session.machine;

import io.reelkeeper.session.state.Layout;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import io.reelkeeper.session.state.Task.Status;
import io.reelkeeper.session.state.TimerKind;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What changes while it records: the caller's updates, one after the other, and credentials that
/// end. What Agora accepted holds for every recorder of the session.
final class UpdateRules {

  /// Longer than the longest call with all its attempts. An update whose answer is missing then was
  /// on its way in a process that died: it is sent again.
  private static final Duration ANSWERED_WITHIN = Duration.ofMinutes(2);

  /// Agora asks for a fresh storage token every 60 minutes.
  private static final Duration STORAGE_TOKEN_EVERY = Duration.ofMinutes(55);

  /// A storage token shall be valid for so long when Agora gets it (reference §3.6).
  private static final Duration STORAGE_TOKEN_LEAST = Duration.ofHours(4);

  /// Enough for another recorder to be confirmed, with all the patience that takes.
  private static final Duration BEFORE_TOKEN_ENDS = Duration.ofMinutes(30);

  private static final String NO_STORAGE_TOKEN = "storage-token-late";

  private UpdateRules() {}

  static Rule asked(Draft draft, Signal.UpdateAsked wish) {
    Optional<Task> serving =
        draft.tasks().stream()
            .filter(task -> task.wanted() && task.status() == Status.LIVE)
            .reduce((_, younger) -> younger);
    if (!draft.wantsRecording() || serving.isEmpty()) {
      return Rule.UPDATE_UNSERVED;
    }
    if (draft.from.updating()) {
      return Rule.UPDATE_CROWDED;
    }
    Task task = serving.get();
    draft.update(new Session.Update(task.number(), whole(draft.from, wish.change())));
    draft.set(TimerKind.UPDATE, task, ANSWERED_WITHIN);
    return Rule.UPDATE_SENT;
  }

  /// Agora takes a layout only as a whole: what is left out would return to its default.
  private static JsonNode whole(Session session, JsonNode change) {
    if (!change.has("layout")) {
      return change;
    }
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.set("layout", Layout.changed(session, change.path("layout")));
    return whole;
  }

  static Rule answered(Draft draft, Task task, Signal.UpdateAnswered answer) {
    Session.Update sent = draft.from.update();
    boolean ofCaller =
        sent != null && sent.task() == task.number() && sent.change().equals(answer.change());
    return ofCaller ? toCaller(draft, task, answer) : caughtUp(draft, task, answer);
  }

  private static Rule toCaller(Draft draft, Task task, Signal.UpdateAnswered answer) {
    draft.update(null);
    settled(draft, task);
    return switch (answer.outcome()) {
      case DONE -> {
        draft.changed(answer.change());
        draft.tasks().stream()
            .filter(other -> other.number() != task.number() && isWatched(other))
            .forEach(other -> draft.set(TimerKind.UPDATE, other, Duration.ZERO));
        yield Rule.UPDATE_ACCEPTED;
      }
      case REFUSED -> Rule.UPDATE_REFUSED;
      case NOT_FOUND -> {
        askAtOnce(draft, task);
        yield Rule.UPDATE_NOT_FOUND;
      }
      case UNHEARD -> Rule.UPDATE_UNHEARD;
    };
  }

  /// The timer waited for the answer; perhaps it had to bring other changes, too.
  private static void settled(Draft draft, Task task) {
    if (isWatched(task) && mayLag(draft, task)) {
      draft.set(TimerKind.UPDATE, task, Duration.ZERO);
    } else {
      draft.cancel(TimerKind.UPDATE, task);
    }
  }

  /// Whether the recorder may have begun without what was changed before.
  private static boolean mayLag(Draft draft, Task task) {
    return !draft.from.changes().isEmpty() && (task.replaces() != 0 || task.agoraUid() != null);
  }

  /// A recorder began to serve, or Agora moved it: whatever was changed is sent to it again.
  static void serves(Draft draft, Task task) {
    if (!draft.from.changes().isEmpty()) {
      draft.set(TimerKind.UPDATE, task, Duration.ZERO);
    }
  }

  private static Rule caughtUp(Draft draft, Task task, Signal.UpdateAnswered answer) {
    if (!isWatched(task)) {
      return Rule.NOTED;
    }
    return switch (answer.outcome()) {
      case DONE -> Rule.UPDATE_CAUGHT_UP;
      case REFUSED -> {
        draft.alarm("update-refused", task);
        yield Rule.UPDATE_NOT_CAUGHT_UP;
      }
      case NOT_FOUND -> {
        askAtOnce(draft, task);
        yield again(draft, task);
      }
      case UNHEARD -> again(draft, task);
    };
  }

  /// The call was patient already, so this begins with the longest pause.
  private static Rule again(Draft draft, Task task) {
    draft.set(TimerKind.UPDATE, task, longestPause(draft));
    return Rule.UPDATE_REPEATED;
  }

  private static Duration longestPause(Draft draft) {
    return draft.policy.serverError().afterOrLast(Integer.MAX_VALUE);
  }

  private static void askAtOnce(Draft draft, Task task) {
    if (isWatched(task) && task.status() == Status.LIVE) {
      draft.set(TimerKind.QUERY, task, Duration.ZERO);
    }
  }

  private static boolean isWatched(Task task) {
    return task.wanted() && !task.ended() && task.sid() != null;
  }

  static Rule credentials(Draft draft, Task task, Signal.CredentialsSent sent) {
    if (task.ended() || !task.wanted()) {
      return Rule.NOTED;
    }
    if (sent.tokenEnds() != null) {
      draft.set(TimerKind.TOKEN, task, sent.tokenEnds().minus(BEFORE_TOKEN_ENDS));
    }
    if (sent.storageEnds() == null) {
      return Rule.CREDENTIALS_SENT;
    }
    draft.set(TimerKind.CREDENTIALS, task, STORAGE_TOKEN_EVERY);
    if (NO_STORAGE_TOKEN.equals(task.error())) {
      Task.Edit edit = task.edit();
      edit.error = null;
      draft.put(edit);
    }
    if (sent.storageEnds().isBefore(draft.now.plus(STORAGE_TOKEN_LEAST))) {
      draft.alarm("storage-token-short", task);
      return Rule.STORAGE_TOKEN_SHORT;
    }
    return Rule.CREDENTIALS_SENT;
  }

  /// A start waits for a token that can be used; a recorder keeps the one that it has. What is not
  /// wanted any more needs none, but a start that went out before has to be settled.
  static Rule storageTokenLate(Draft draft, Task task, Signal.StorageTokenLate late) {
    boolean starting = task.status() == Status.INTENDED;
    if (task.ended() || !task.wanted()) {
      if (starting) {
        draft.set(TimerKind.START, task, Duration.ZERO);
      }
      return Rule.NOTED;
    }
    draft.set(starting ? TimerKind.START : TimerKind.CREDENTIALS, task, longestPause(draft));
    if (late.hopeless() && !NO_STORAGE_TOKEN.equals(task.error())) {
      draft.alarm(NO_STORAGE_TOKEN, task);
      Task.Edit edit = task.edit();
      edit.error = NO_STORAGE_TOKEN;
      draft.put(edit);
    }
    return Rule.STORAGE_TOKEN_LATE;
  }

  /// A token cannot be renewed while it records: its recorder would leave the channel with it.
  static Rule tokenDue(Draft draft, Task task) {
    if (!isWatched(task) || !draft.wantsRecording()) {
      return Rule.NOTED;
    }
    if (!draft.affordsReplacement()) {
      draft.set(TimerKind.TOKEN, task, draft.policy.monitorInterval());
      return Rule.TOKEN_EXPIRING;
    }
    return draft.replace(task, Cause.OPERATOR, Rule.TOKEN_EXPIRING);
  }
}
