package io.reelkeeper.control;

import io.reelkeeper.core.TaskId;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.Walk;
import org.springframework.stereotype.Component;

/// Ends the wait for a notice that would tell what became of a start.
@Component
class SettleStart implements Walk {

  private final Sessions sessions;

  SettleStart(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public String kind() {
    return TimerKind.SETTLE.name();
  }

  @Override
  public void run(String instance) {
    TaskId id = TaskId.parse(instance);
    sessions.apply(id.session(), new Signal.SettleDue(id.number()));
  }
}
