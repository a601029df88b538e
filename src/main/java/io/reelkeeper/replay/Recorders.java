package io.reelkeeper.replay;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The recorders of a simulated world by the number of their task: since when each ran, until when,
/// and what ran beside it.
final class Recorders {

  private static final class Recorder {
    final Instant begunAt;
    final @Nullable Instant goneAt;
    @Nullable Instant stoppedAt;

    Recorder(Instant begunAt, @Nullable Instant goneAt) {
      this.begunAt = begunAt;
      this.goneAt = goneAt;
    }

    Instant until(Instant end) {
      Instant stopped = stoppedAt != null && stoppedAt.isBefore(end) ? stoppedAt : end;
      return goneAt != null && goneAt.isBefore(stopped) ? goneAt : stopped;
    }
  }

  private final Map<Integer, Recorder> byTask = new TreeMap<>();

  /// @param goneAt when it goes by itself; null when it does not
  void begin(int number, Instant at, @Nullable Instant goneAt) {
    byTask.put(number, new Recorder(at, goneAt));
  }

  /// A second stop changes nothing.
  void stop(int number, Instant at) {
    Recorder recorder = byTask.get(number);
    if (recorder != null && recorder.stoppedAt == null) {
      recorder.stoppedAt = at;
    }
  }

  Set<Integer> numbers() {
    return byTask.keySet();
  }

  boolean begun(int number) {
    return byTask.containsKey(number);
  }

  boolean run(int number, Instant now) {
    Recorder recorder = byTask.get(number);
    return recorder != null
        && recorder.stoppedAt == null
        && (recorder.goneAt == null || !now.isAfter(recorder.goneAt));
  }

  /// @throws NullPointerException if it never began
  Instant begunAt(int number) {
    return Objects.requireNonNull(byTask.get(number)).begunAt;
  }

  boolean stoppedBefore(int number, Instant at) {
    Recorder recorder = byTask.get(number);
    return recorder != null && recorder.stoppedAt != null && recorder.stoppedAt.isBefore(at);
  }

  /// For how long more than one recorder ran until now, each surplus one counted. Between two
  /// changes the number of recorders stands still.
  long surplusSeconds(Instant now) {
    TreeMap<Instant, Integer> changes = new TreeMap<>();
    for (Recorder recorder : byTask.values()) {
      Instant until = recorder.until(now);
      if (until.isAfter(recorder.begunAt)) {
        changes.merge(recorder.begunAt, 1, Integer::sum);
        changes.merge(until, -1, Integer::sum);
      }
    }
    long millis = 0;
    int running = 0;
    Instant since = null;
    for (Map.Entry<Instant, Integer> change : changes.entrySet()) {
      if (since != null && running > 1) {
        millis += (running - 1) * Duration.between(since, change.getKey()).toMillis();
      }
      running += change.getValue();
      since = change.getKey();
    }
    return Math.round(millis / 1000.0);
  }
}
