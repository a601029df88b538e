package io.reelkeeper.control;

import io.reelkeeper.provider.Agora;
import io.reelkeeper.provider.Answer;
import io.reelkeeper.provider.Heard;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.Walk;
import org.springframework.stereotype.Component;

/// Looks whether somebody came back to a channel whose recorder left it for being empty.
@Component
class FindPresence implements Walk {

  private static final int NOT_LEARNT = -1;

  private final Tasks tasks;
  private final Report report;
  private final Agora agora;

  FindPresence(Tasks tasks, Report report, Agora agora) {
    this.tasks = tasks;
    this.report = report;
    this.agora = agora;
  }

  @Override
  public String kind() {
    return TimerKind.PRESENCE.name();
  }

  @Override
  public void run(String instance) {
    tasks.withTaskOf(instance, this::look);
  }

  private void look(Session session, Task task) {
    if (session.status().isFinal() || session.status() == Session.Status.STOPPING) {
      return;
    }
    int hosts =
        agora.presence(Recorders.of(session, task)) instanceof Answer.Granted(Heard.Present present)
            ? present.hosts()
            : NOT_LEARNT;
    report.of(session, new Signal.Present(task.number(), hosts));
  }
}
