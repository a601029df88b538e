package io.reelkeeper.notification;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
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
