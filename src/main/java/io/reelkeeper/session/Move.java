package io.reelkeeper.session;

import io.reelkeeper.outbox.BusinessEvent;
import io.reelkeeper.timer.TimerChange;
import java.util.List;

/// What a signal leads to: the next state, timers set or cancelled, events for the business. Never
// a
/// call.
///
/// @param rule the decision's name; kept in the history
public record Move(Rule rule, Session next, List<TimerChange> timers, List<BusinessEvent> events) {
  public Move {
    timers = List.copyOf(timers);
    events = List.copyOf(events);
  }
}
