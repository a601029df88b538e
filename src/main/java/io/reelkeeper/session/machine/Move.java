package io.reelkeeper.session.machine;

import io.reelkeeper.outbox.BusinessEvent;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.timer.TimerChange;
import java.util.List;
import java.util.Objects;

/// What a signal leads to: the next state, timers set or cancelled, events for the business. Never
/// a call.
///
/// @param rule the decision's name; kept in the history
public record Move(Rule rule, Session next, List<TimerChange> timers, List<BusinessEvent> events) {
  public Move {
    timers = List.copyOf(timers);
    events = List.copyOf(events);
  }

  /// Whether it changes no more than the time of one task's last proof, timers, and names of files.
  public boolean isQuiet(Session before, int task) {
    return (rule == Rule.PROVEN_AGAIN || rule == Rule.POSTPONED)
        && events.isEmpty()
        && before.status() == next.status()
        && Objects.equals(before.reason(), next.reason())
        && unproven(before, task).equals(unproven(next, task));
  }

  private static List<Task> unproven(Session session, int number) {
    return session.tasks().stream()
        .map(
            task -> {
              Task.Edit edit = task.edit();
              edit.provenAt = task.number() == number ? null : task.provenAt();
              return edit.done();
            })
        .toList();
  }
}
