package io.reelkeeper.control;

import io.reelkeeper.core.Operation;
import io.reelkeeper.core.Owner;
import io.reelkeeper.provider.Agora;
import io.reelkeeper.provider.Answer;
import io.reelkeeper.provider.Classify;
import io.reelkeeper.provider.Heard;
import io.reelkeeper.provider.Recorder;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.Sessions.Applied;
import io.reelkeeper.session.machine.Rule;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Signal.UpdateOutcome;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.Walk;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Changes what is being recorded: at a caller's wish, and by its timer where a recorder lacks what
/// the session was changed to be.
///
/// A wish is stored before it goes out, and the next one waits for its answer, on whichever replica
/// it arrives. If its process dies in between, the timer sends it again: an update may be repeated.
@Component
public class UpdateTask implements Walk {

  /// What became of a caller's wish.
  public sealed interface Updated {

    /// Agora accepted it; replacements will start with it.
    record Done(Session session) implements Updated {}

    /// There is no live recorder that could be changed.
    record NotRecording(Session session) implements Updated {}

    record Rejected(Session.Refusal refusal) implements Updated {}

    /// Agora did not answer usably; it may be in force or not, and counts as not made.
    record Unheard(String why) implements Updated {}

    /// Another change had no answer for as long as the caller would wait.
    record Crowded() implements Updated {}
  }

  private final Tasks tasks;
  private final Sessions sessions;
  private final Report report;
  private final Agora agora;
  private final Changes changes;

  UpdateTask(Tasks tasks, Sessions sessions, Report report, Agora agora, Changes changes) {
    this.tasks = tasks;
    this.sessions = sessions;
    this.report = report;
    this.agora = agora;
    this.changes = changes;
  }

  @Override
  public String kind() {
    return TimerKind.UPDATE.name();
  }

  /// Asks Agora for a change and waits for its answer, about a minute at the most.
  ///
  /// @param change as in `Signal.UpdateAsked`, checked, with secrets in the clear
  /// @param patience how long to wait for the answer to another change before
  public Updated change(UUID id, JsonNode change, Duration patience) {
    Applied asked = askedInTurn(id, change, patience);
    Session session = asked.session();
    Session.Update update = session.update();
    if (asked.rule() == Rule.UPDATE_CROWDED) {
      return new Updated.Crowded();
    }
    if (asked.rule() != Rule.UPDATE_SENT || update == null) {
      return new Updated.NotRecording(session);
    }
    Task task = session.task(update.task()).orElseThrow();
    Told told = send(session, task, update.change());
    Applied answered = tell(session, task, update.change(), told);
    return switch (told.outcome) {
      // Noted: it reached a recorder that serves no more, and nobody keeps what that was told.
      case DONE ->
          answered.rule() == Rule.NOTED
              ? new Updated.Unheard("the recorder was replaced meanwhile")
              : new Updated.Done(answered.session());
      case NOT_FOUND -> new Updated.NotRecording(answered.session());
      case UNHEARD -> new Updated.Unheard(told.said);
      case REFUSED -> new Updated.Rejected(told.refusal());
    };
  }

  /// Several may wait for the same answer: who comes second then waits for the next one.
  private Applied askedInTurn(UUID id, JsonNode change, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      Session before = sessions.await(id, session -> !session.updating(), left);
      Applied asked = sessions.apply(id, new Signal.UpdateAsked(changes.sealed(before, change)));
      if (asked.rule() != Rule.UPDATE_CROWDED || left.isZero()) {
        return asked;
      }
    }
  }

  @Override
  public void run(String instance) {
    tasks.withTaskOf(instance, this::bringUpToDate);
  }

  private void bringUpToDate(Session session, Task task) {
    if (task.ended() || !task.wanted() || task.sid() == null) {
      return;
    }
    Session.Update lost = session.update();
    JsonNode change =
        lost != null && lost.task() == task.number() ? lost.change() : session.changes();
    if (!change.isEmpty()) {
      tell(session, task, change, send(session, task, change));
    }
  }

  private Applied tell(Session session, Task task, JsonNode change, Told told) {
    return report.of(
        session, new Signal.UpdateAnswered(task.number(), change, told.outcome, told.said));
  }

  /// One call for what is updated and one for the layout; the second only after the first is done.
  private Told send(Session session, Task task, JsonNode change) {
    Recorder recorder = Recorders.of(session, task);
    ObjectNode update = changes.update(session, change);
    Told told =
        update.isEmpty() ? Told.DONE : Told.of(Operation.UPDATE, agora.update(recorder, update));
    return told.outcome == UpdateOutcome.DONE && change.has("layout")
        ? Told.of(Operation.UPDATE_LAYOUT, agora.updateLayout(recorder, change.path("layout")))
        : told;
  }

  /// Agora's answer in the machine's words.
  record Told(
      Operation operation,
      UpdateOutcome outcome,
      int httpStatus,
      int code,
      String said,
      String check) {

    private static final Told DONE = new Told(Operation.UPDATE, UpdateOutcome.DONE, 200, 0, "", "");

    static Told of(Operation operation, Answer<Heard.Updated> answer) {
      return switch (answer) {
        case Answer.Granted<Heard.Updated> _ -> DONE;
        // Not found, or on its way out (49, 501).
        case Answer.Refused<Heard.Updated> gone when gone.owner() == Owner.PROVIDER ->
            new Told(
                operation,
                UpdateOutcome.NOT_FOUND,
                gone.httpStatus(),
                gone.code(),
                gone.reason(),
                "");
        case Answer.Refused<Heard.Updated> refused ->
            new Told(
                operation,
                UpdateOutcome.REFUSED,
                refused.httpStatus(),
                refused.code(),
                refused.reason(),
                Classify.whatToCheck(operation, refused));
        case Answer.Busy<Heard.Updated> busy ->
            unheard(operation, busy.httpStatus() + " " + busy.reason());
        case Answer.Unheard<Heard.Updated> unheard -> unheard(operation, unheard.why());
        case Answer.Postponed<Heard.Updated> _ -> unheard(operation, "no room in our own pace");
      };
    }

    private static Told unheard(Operation operation, String why) {
      return new Told(operation, UpdateOutcome.UNHEARD, 0, 0, why, "");
    }

    Session.Refusal refusal() {
      return new Session.Refusal(operation.word(), httpStatus, code, said, check);
    }
  }
}
