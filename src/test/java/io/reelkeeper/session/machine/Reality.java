package io.reelkeeper.session.machine;

import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Notice.What;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Signal.StopOutcome;
import io.reelkeeper.session.state.Signal.Watchdog;
import io.reelkeeper.session.state.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What really goes on at Agora while a session lives: which recorders run, and what they answer.
///
/// It serves the session's timers as the walks would, so that a life can be lived to its end.
final class Reality {

  /// One notice that a recorder sends.
  ///
  /// @param at when it happened, however late it is heard
  record Said(String sid, String uid, int type, What what, Instant at) {}

  final Life life;

  /// Recorders that run, by sid.
  final Map<String, Task> running = new HashMap<>();

  /// Starts that were carried out, with every sid that was ever given.
  final List<String> started = new ArrayList<>();

  boolean usersPresent = true;

  private Reality(Life life) {
    this.life = life;
  }

  /// A session whose first recorder was accepted just now.
  static Reality begins(Life life) {
    Reality reality = new Reality(life);
    reality.serve("START/1");
    return reality;
  }

  String sid() {
    return started.getFirst();
  }

  String uid() {
    return life.task(1).uid();
  }

  /// The recorder with this sid is gone.
  void ends(String sid) {
    running.remove(sid);
  }

  /// Nobody is there any more; a recorder leaves an empty channel when `maxIdleTime` is over.
  void empties() {
    usersPresent = false;
    running.clear();
  }

  void hears(Said said) {
    life.hears(
        new Signal.Noticed(
            new Notice(
                "n",
                said.type(),
                said.sid(),
                "math-101",
                said.uid(),
                0,
                1,
                said.at().toEpochMilli(),
                said.what())));
  }

  /// Serves every timer in its time, until so much time has passed or nothing waits any more.
  void passes(Duration time) {
    Instant end = life.now.plus(time);
    int served = 0;
    for (String next = next(end); next != null; next = next(end)) {
      if (++served > 20_000) {
        throw new AssertionError("it never rests: " + life.timers);
      }
      serve(next);
      recordersLeaveAnEmptyChannel();
    }
    if (life.now.isBefore(end)) {
      life.now = end;
    }
  }

  private @Nullable String next(Instant end) {
    return life.timers.entrySet().stream()
        .filter(timer -> !timer.getValue().isAfter(end))
        .min(Map.Entry.<String, Instant>comparingByValue().thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  private void recordersLeaveAnEmptyChannel() {
    if (!usersPresent) {
      Set<String> idle = new HashSet<>();
      running.forEach(
          (sid, task) -> {
            Instant started = life.task(task.number()).startedAt();
            if (started != null && !life.now.isBefore(started.plusSeconds(300))) {
              idle.add(sid);
            }
          });
      idle.forEach(running::remove);
    }
  }

  private void serve(String timer) {
    life.untilDue(timer);
    int number = Integer.parseInt(timer.substring(timer.indexOf('/') + 1));
    switch (timer.substring(0, timer.indexOf('/'))) {
      case "START" -> start(number);
      case "QUERY" ->
          life.hears(
              runs(number)
                  ? new Signal.QueryAnswered(number, 5, List.of())
                  : new Signal.WorkerNotFound(number));
      case "STOP" -> stop(number);
      case "PRESENCE" -> life.hears(new Signal.Present(number, usersPresent ? 2 : 0));
      case "SETTLE" -> life.hears(new Signal.SettleDue(number));
      case "HA" -> life.hears(new Signal.HaDue(number, Watchdog.OBSERVES));
      case "PAGE" -> life.hears(new Signal.PageDue(number));
      case "EXPIRY" -> life.hears(new Signal.ExpiryDue(number));
      default -> {
        // What the bucket holds, and what a recorder is told besides, changes no recording.
      }
    }
  }

  private boolean runs(int number) {
    return life.task(number).sid() != null && running.containsKey(life.task(number).sid());
  }

  private void start(int number) {
    Task intent = life.task(number);
    life.hears(
        intent.wanted()
            ? new Signal.Acquired(number, intent.attempt(), "resource-" + number)
            : new Signal.StartDue(number));
    if (life.rule == Rule.START_SENT) {
      String sid = "%032x".formatted(number);
      running.put(sid, intent);
      started.add(sid);
      life.hears(new Signal.StartGranted(number, "resource-" + number, sid));
    }
  }

  private void stop(int number) {
    boolean ran = runs(number);
    running.remove(life.task(number).sid());
    life.hears(
        new Signal.StopAnswered(number, ran ? StopOutcome.DONE : StopOutcome.NOT_FOUND, List.of()));
  }
}
