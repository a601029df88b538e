package io.reelkeeper.control;

import io.reelkeeper.core.Operation;
import io.reelkeeper.provider.Agora;
import io.reelkeeper.provider.Answer;
import io.reelkeeper.provider.Classify;
import io.reelkeeper.provider.Heard;
import io.reelkeeper.session.machine.Rule;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.Walk;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/// Starts a task: acquire, then start, each stored before the next goes out.
///
/// Killed anywhere, it comes again by its timer: without a resource ID it acquires a new one, with
/// one the very same start is sent again, and what Agora answers then is the truth.
@Component
class StartTask implements Walk {

  private final Tasks tasks;
  private final Report report;
  private final Agora agora;
  private final ClientRequests requests;

  StartTask(Tasks tasks, Report report, Agora agora, ClientRequests requests) {
    this.tasks = tasks;
    this.report = report;
    this.agora = agora;
    this.requests = requests;
  }

  @Override
  public String kind() {
    return TimerKind.START.name();
  }

  @Override
  public void run(String instance) {
    tasks.withTaskOf(instance, this::begin);
  }

  private void begin(Session session, Task task) {
    if (task.status() != Task.Status.INTENDED) {
      return;
    }
    if (!task.wanted()) {
      report.of(session, new Signal.StartDue(task.number()));
      return;
    }
    try {
      ClientRequests.Start start = requests.start(session, task);
      start.ending().ifPresent(sent -> report.of(session, sent));
      Optional<String> resourceId =
          task.resourceId() == null ? acquire(session, task) : sendAgain(session, task);
      resourceId.ifPresent(
          resource -> report.of(session, start(session, task, resource, start.clientRequest())));
    } catch (ClientRequests.NotAsAccepted changed) {
      report.of(session, refusedByOurselves(task, changed));
    } catch (StorageCredentials.Unusable unusable) {
      report.of(
          session,
          new Signal.StorageTokenLate(task.number(), String.valueOf(unusable.getMessage()), true));
    }
  }

  private static Signal.OfTask refusedByOurselves(Task task, ClientRequests.NotAsAccepted changed) {
    return new Signal.StartRefused(
        task.number(), Signal.StartRefused.OURSELVES, 0, 0, changed.slug(), changed.detail());
  }

  /// A resource ID that is stored: only then may the start go out.
  private Optional<String> acquire(Session session, Task task) {
    var recorder = Recorders.of(session, task);
    Signal.OfTask signal =
        switch (agora.acquire(recorder, requests.acquire(session, task))) {
          case Answer.Granted(Heard.Acquired(String resourceId)) ->
              new Signal.Acquired(task.number(), task.attempt(), resourceId);
          case Answer.Refused<Heard.Acquired> refused -> refused(task, Operation.ACQUIRE, refused);
          case Answer.Busy<Heard.Acquired> busy -> busy(task, Operation.ACQUIRE, busy);
          // Whatever became of an acquire: it records nothing and costs nothing.
          case Answer.Unheard<Heard.Acquired> unheard ->
              new Signal.StartUnheard(task.number(), unheard.why(), false);
          case Answer.Postponed<Heard.Acquired> postponed ->
              postponed(task, Operation.ACQUIRE, postponed);
        };
    Rule rule = report.of(session, signal).rule();
    return signal instanceof Signal.Acquired acquired && rule == Rule.START_SENT
        ? Optional.of(acquired.resourceId())
        : Optional.empty();
  }

  /// The start was sent before, or may have been.
  private Optional<String> sendAgain(Session session, Task task) {
    Rule rule = report.of(session, new Signal.StartDue(task.number())).rule();
    return rule == Rule.START_SENT_AGAIN
        ? Optional.ofNullable(task.resourceId())
        : Optional.empty();
  }

  private Signal.OfTask start(Session session, Task task, String resourceId, ObjectNode request) {
    return switch (agora.start(Recorders.of(session, task, resourceId), request)) {
      case Answer.Granted(Heard.Started(String sid)) ->
          new Signal.StartGranted(task.number(), resourceId, sid);
      case Answer.Refused<Heard.Started> refused when runsAlready(refused.code()) ->
          new Signal.StartedAlready(task.number(), refused.code());
      case Answer.Refused<Heard.Started> refused -> refused(task, Operation.START, refused);
      case Answer.Busy<Heard.Started> busy -> busy(task, Operation.START, busy);
      case Answer.Unheard<Heard.Started> unheard ->
          new Signal.StartUnheard(task.number(), unheard.why(), unheard.reached());
      case Answer.Postponed<Heard.Started> postponed -> postponed(task, Operation.START, postponed);
    };
  }

  private static boolean runsAlready(int code) {
    return code == 7 || code == 53;
  }

  private static Signal.OfTask refused(Task task, Operation operation, Answer.Refused<?> answer) {
    if (answer.code() == 433 || answer.code() == 1001) {
      return new Signal.StartBusy(
          task.number(),
          operation.word(),
          answer.httpStatus(),
          answer.code(),
          answer.reason(),
          null);
    }
    return new Signal.StartRefused(
        task.number(),
        operation.word(),
        answer.httpStatus(),
        answer.code(),
        answer.reason(),
        Classify.whatToCheck(operation, answer));
  }

  private static Signal.OfTask busy(Task task, Operation operation, Answer.Busy<?> answer) {
    return new Signal.StartBusy(
        task.number(),
        operation.word(),
        answer.httpStatus(),
        answer.code(),
        answer.reason(),
        answer.retryAfter());
  }

  /// Our own pace had no room: as good as Agora's 429.
  private static Signal.OfTask postponed(
      Task task, Operation operation, Answer.Postponed<?> answer) {
    return new Signal.StartBusy(
        task.number(), operation.word(), 429, 429, "paced by ourselves", answer.by());
  }
}
