package io.reelkeeper.replay;

import io.reelkeeper.session.state.TimerKind;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/// What is to come in a simulated world, in its order: what happens by itself, before the timers
/// that are due at the same time.
final class Agenda {

  private record Timer(TimerKind kind, int task) {}

  private record Due(Instant at, int priority) {}

  private record Event(Instant at, long order, Runnable happens) {}

  private final Map<Timer, Due> timers = new HashMap<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::order));
  private long order;

  void at(Instant time, Runnable happens) {
    events.add(new Event(time, order++, happens));
  }

  /// Sets the timer of this kind for this task, or moves it.
  void set(TimerKind kind, int task, Instant at, int priority) {
    timers.put(new Timer(kind, task), new Due(at, priority));
  }

  void cancel(TimerKind kind, int task) {
    timers.remove(new Timer(kind, task));
  }

  /// When the next thing is due; null when nothing is to come.
  @Nullable Instant next() {
    Event event = events.peek();
    Instant timer = nextTimer().map(it -> it.getValue().at()).orElse(null);
    if (timer == null || event == null) {
      return timer != null ? timer : event == null ? null : event.at();
    }
    return event.at().isAfter(timer) ? timer : event.at();
  }

  /// Lets the next thing happen, or has the next timer served.
  void take(ObjIntConsumer<TimerKind> serve) {
    Event event = events.peek();
    Map.Entry<Timer, Due> timer = nextTimer().orElse(null);
    if (event != null && (timer == null || !event.at().isAfter(timer.getValue().at()))) {
      events.remove(event);
      event.happens().run();
    } else if (timer != null) {
      timers.remove(timer.getKey());
      serve.accept(timer.getKey().kind(), timer.getKey().task());
    }
  }

  private Optional<Map.Entry<Timer, Due>> nextTimer() {
    return timers.entrySet().stream()
        .min(
            Comparator.comparing((Map.Entry<Timer, Due> it) -> it.getValue().at())
                .thenComparing(it -> -it.getValue().priority())
                .thenComparing(it -> it.getKey().task()));
  }
}
