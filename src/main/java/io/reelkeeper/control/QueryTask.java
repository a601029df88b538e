package io.reelkeeper.control;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.reelkeeper.core.Owner;
import io.reelkeeper.provider.Agora;
import io.reelkeeper.provider.Answer;
import io.reelkeeper.provider.Heard;
import io.reelkeeper.provider.Recorder;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.Walk;
import java.time.Duration;
import org.springframework.stereotype.Component;

/// Asks Agora how a task is: whether a start came to life, and every two minutes whether it still
/// records.
@Component
class QueryTask implements Walk {

  /// A service that comes back to a thousand recordings has that many queries due at once. Any
  /// number of them may wait for Agora; those that read or write have half of the connections, so
  /// that starts, stops and notices get theirs without standing behind five hundred.
  private static final BulkheadConfig FEW =
      BulkheadConfig.custom()
          .maxConcurrentCalls(10)
          .maxWaitDuration(Duration.ofMinutes(1))
          .fairCallHandlingStrategyEnabled(true)
          .build();

  private final Bulkhead atWork = Bulkhead.of("queries", FEW);
  private final Tasks tasks;
  private final Report report;
  private final Agora agora;

  QueryTask(Tasks tasks, Report report, Agora agora) {
    this.tasks = tasks;
    this.report = report;
    this.agora = agora;
  }

  @Override
  public String kind() {
    return TimerKind.QUERY.name();
  }

  @Override
  public void run(String instance) {
    atWork.executeSupplier(() -> tasks.find(instance)).ifPresent(this::ask);
  }

  private void ask(Tasks.Found found) {
    Session session = found.session();
    Task task = found.task();
    if (task.ended() || !task.wanted() || task.sid() == null) {
      return;
    }
    Recorder recorder = Recorders.of(session, task);
    Answer<Heard.Queried> answer =
        task.status() == Task.Status.LIVE ? agora.poll(recorder) : agora.query(recorder);
    Signal.OfTask signal = signal(task.number(), answer);
    atWork.executeRunnable(() -> report.of(session, signal));
  }

  private static Signal.OfTask signal(int task, Answer<Heard.Queried> answer) {
    return switch (answer) {
      case Answer.Granted(Heard.Queried queried) ->
          new Signal.QueryAnswered(
              task, queried.status(), queried.files().stream().map(Heard.File::name).toList());
      // Not found, on its way out (49, 501): in each case it does not record.
      case Answer.Refused<Heard.Queried> refused when refused.owner() == Owner.PROVIDER ->
          new Signal.WorkerNotFound(task);
      case Answer.Refused<Heard.Queried> refused ->
          new Signal.QueryRefused(task, refused.httpStatus(), refused.code(), refused.reason());
      case Answer.Busy<Heard.Queried> busy ->
          new Signal.QueryUnheard(task, busy.httpStatus() + " " + busy.reason());
      case Answer.Unheard<Heard.Queried> unheard -> new Signal.QueryUnheard(task, unheard.why());
      case Answer.Postponed<Heard.Queried> postponed ->
          new Signal.QueryPostponed(task, postponed.by());
    };
  }

  /// "failed to find worker"; the other 404, "no Route matched", is our own fault.
  static boolean isGone(Answer.Refused<?> refused) {
    return refused.code() == 404 && refused.owner() == Owner.PROVIDER;
  }
}
