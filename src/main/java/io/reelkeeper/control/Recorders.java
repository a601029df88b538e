package io.reelkeeper.control;

import io.reelkeeper.core.TaskId;
import io.reelkeeper.provider.Recorder;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import org.jspecify.annotations.Nullable;

/// The address of a task's recorder at Agora.
final class Recorders {

  private Recorders() {}

  static Recorder of(Session session, Task task) {
    return of(session, task, task.resourceId());
  }

  static Recorder of(Session session, Task task, @Nullable String resourceId) {
    return new Recorder(
        new TaskId(session.id(), task.number()),
        session.app(),
        session.mode(),
        session.channel(),
        task.uid(),
        resourceId,
        task.sid());
  }
}
