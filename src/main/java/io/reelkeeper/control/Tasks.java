package io.reelkeeper.control;

import io.reelkeeper.core.TaskId;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.trail.Trail;
import java.util.Optional;
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

  /// A task and what it belongs to.
  record Found(Session session, Task task) {}

  /// @param instance of the timer, `<session>/<task number>`
  Optional<Found> find(String instance) {
    TaskId id = TaskId.parse(instance);
    Optional<Session> found = sessions.state(id.session());
    found.ifPresent(session -> trail.concerns(session.id().toString(), session.app()));
    return found.flatMap(
        session -> session.task(id.number()).map(task -> new Found(session, task)));
  }

  /// Nothing happens when the task is gone.
  void withTaskOf(String instance, BiConsumer<Session, Task> walk) {
    find(instance).ifPresent(found -> walk.accept(found.session(), found.task()));
  }
}
