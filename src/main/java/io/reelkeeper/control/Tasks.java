package io.reelkeeper.control;

import io.reelkeeper.core.TaskId;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.trail.Trail;
import java.util.function.BiConsumer;
import org.springframework.stereotype.Component;

/// Finds the task that a timer is about, as it is now.
@Component
class Tasks {

  private final Sessions sessions;
  private final Trail trail;

  Tasks(Sessions sessions, Trail trail) {
    this.sessions = sessions;
    this.trail = trail;
  }

  /// Nothing happens when the task is gone.
  ///
  /// @param instance of the timer, `<session>/<task number>`
  void withTaskOf(String instance, BiConsumer<Session, Task> walk) {
    TaskId id = TaskId.parse(instance);
    sessions
        .state(id.session())
        .ifPresent(
            session -> {
              trail.concerns(session.id().toString(), session.app());
              session.task(id.number()).ifPresent(task -> walk.accept(session, task));
            });
  }
}
