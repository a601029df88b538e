package io.reelkeeper.control;

import io.reelkeeper.core.Owner;
import io.reelkeeper.provider.Agora;
import io.reelkeeper.provider.Answer;
import io.reelkeeper.provider.Heard;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Signal.StopOutcome;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.Walk;
import java.util.List;
import org.springframework.stereotype.Component;

/// Stops a task; comes again until its end is proven, for a recorder that keeps running costs
/// money.
@Component
class StopTask implements Walk {

  private final Tasks tasks;
  private final Report report;
  private final Agora agora;

  StopTask(Tasks tasks, Report report, Agora agora) {
    this.tasks = tasks;
    this.report = report;
    this.agora = agora;
  }

  @Override
  public String kind() {
    return TimerKind.STOP.name();
  }

  @Override
  public void run(String instance) {
    tasks.withTaskOf(instance, this::stop);
  }

  private void stop(Session session, Task task) {
    if (task.ended() || task.wanted() || task.sid() == null) {
      return;
    }
    // The synchronous form: its answer names the files and says where they were uploaded to.
    report.of(session, signal(task.number(), agora.stop(Recorders.of(session, task), false)));
  }

  private static Signal.OfTask signal(int task, Answer<Heard.Stopped> answer) {
    return switch (answer) {
      case Answer.Granted(Heard.Stopped stopped) ->
          new Signal.StopAnswered(
              task,
              StopOutcome.DONE,
              stopped.files().stream().map(Heard.File::name).toList(),
              stopped.uploading());
      case Answer.Refused<Heard.Stopped> refused ->
          new Signal.StopAnswered(task, outcome(refused), List.of());
      default -> new Signal.StopAnswered(task, StopOutcome.UNHEARD, List.of());
    };
  }

  private static StopOutcome outcome(Answer.Refused<?> refused) {
    if (QueryTask.isGone(refused)) {
      return StopOutcome.NOT_FOUND;
    }
    return switch (refused.code()) {
      case 49 -> StopOutcome.ENDING;
      case 435 -> StopOutcome.EMPTY;
      default -> refused.owner() == Owner.US ? StopOutcome.REFUSED : StopOutcome.UNHEARD;
    };
  }
}
