package io.reelkeeper.notification;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/// What became of notifications, in figures; the names are part of the contract.
@Component
class Counts {

  enum Result {
    ACCEPTED("accepted"),
    DUPLICATE("duplicate"),
    BAD_SIGNATURE("bad-signature"),
    MALFORMED("malformed"),
    TOO_LARGE("too-large"),
    UNKNOWN_APP("unknown-app"),
    UNAVAILABLE("unavailable"),
    STRANGE("strange");

    private final String word;

    Result(String word) {
      this.word = word;
    }
  }

  /// Any other number is counted as `other`: a label must not have as many values as a sender
  /// wishes.
  private static final Set<Integer> KNOWN =
      Set.of(
          1, 2, 3, 4, 11, 12, 13, 30, 31, 32, 33, 40, 41, 42, 43, 44, 45, 60, 61, 70, 71, 72, 73,
          80, 81, 90, 100, 1001);

  /// Agora waits for ten seconds.
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(10),
    Duration.ofMillis(50),
    Duration.ofMillis(200),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5)
  };

  private final MeterRegistry meters;
  private final NotificationSettings settings;

  Counts(MeterRegistry meters, NotificationSettings settings) {
    this.meters = meters;
    this.settings = settings;
    settings.apps().keySet().forEach(app -> gaps(app, 0)); // nothing missing is a figure, too
  }

  void notice(String app, int eventType, Result result) {
    count(app, KNOWN.contains(eventType) ? String.valueOf(eventType) : "other", result);
  }

  /// A request that was refused before anything in it was believed.
  void refused(String app, Result result) {
    count(app, "none", result);
  }

  /// From the first look at a notification to the commit that its answer waits for.
  void acknowledged(String app, long sinceNanos) {
    Timer.builder("reelkeeper.notification.acknowledgement")
        .description("How long notifications waited until they were durable")
        .tag("app", label(app))
        .serviceLevelObjectives(BUCKETS)
        .register(meters)
        .record(System.nanoTime() - sinceNanos, TimeUnit.NANOSECONDS);
  }

  void gaps(String app, long missing) {
    Counter.builder("reelkeeper.notification.gaps")
        .description(
            "Sequence numbers of ended recordings that never arrived; events that are not"
                + " subscribed look like gaps")
        .tag("app", label(app))
        .register(meters)
        .increment(missing);
  }

  private void count(String app, String type, Result result) {
    Counter.builder("reelkeeper.notifications")
        .description("Notifications of Agora, by what became of them")
        .tags("app", label(app), "type", type, "result", result.word)
        .register(meters)
        .increment();
  }

  private String label(String app) {
    return settings.apps().containsKey(app) ? app : "unknown";
  }
}
