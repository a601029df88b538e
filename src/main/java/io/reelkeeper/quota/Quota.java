package io.reelkeeper.quota;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Lets requests to Agora leave at the pace that their App ID is granted, all replicas together.
@Component
public class Quota {

  /// What Agora grants at first; a raised limit of recording does not raise that of other requests.
  private static final double COUNTED_APART = 10;

  private record Desk(Line line, Pace pace, Timer waits) {}

  private final JdbcClient jdbc;
  private final QuotaSettings settings;
  private final MeterRegistry meters;
  private final DatabaseClock databaseClock = new DatabaseClock();
  private final Map<String, Desk> desks = new ConcurrentHashMap<>();

  Quota(JdbcClient jdbc, QuotaSettings settings, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.meters = meters;
  }

  /// Waits until a request of this App ID may leave, or says when to ask again. Blocks its thread,
  /// which therefore should be a virtual one, and must hold no transaction.
  ///
  /// @param app alias of the App ID; or `alias/purpose` for requests that Agora counts apart from
  ///     recording, such as asking who is present: these have a pace of their own
  /// @throws org.springframework.dao.DataAccessException when the database that keeps the pace is
  ///     away: nothing goes unpaced
  /// @throws java.util.concurrent.CancellationException when the thread is interrupted
  public Slot await(String app, Urgency urgency) {
    Desk desk = desk(app);
    Slot slot = desk.line().await(urgency);
    if (slot instanceof Slot.Go go) {
      desk.waits().record(go.waited());
    }
    return slot;
  }

  /// Agora answered 429: no request of this App ID for a second, and half the pace for the next
  /// 30 s, counted from the last such answer. Slots already booked by other replicas, one or 50
  /// ms' worth each, still go.
  public void slowDown(String app) {
    desk(app).line().slowDown();
  }

  /// A request left later than its slot: what must come a second after it is booked no earlier than
  /// that, so that no second holds one more for it.
  ///
  /// @param at the `nanoTime` of the request's first byte
  public void leftLate(String app, Slot.Go slot, long at) {
    desk(app).pace().leftLate(slot.number(), at);
  }

  public Usage usage(String app) {
    return desk(app).pace().usage();
  }

  private Desk desk(String app) {
    return desks.computeIfAbsent(app, this::open);
  }

  private Desk open(String name) {
    int slash = name.indexOf('/');
    String alias = slash < 0 ? name : name.substring(0, slash);
    String purpose = slash < 0 ? "" : name.substring(slash);
    var app = settings.apps().get(alias);
    if (app == null) {
      throw new IllegalArgumentException("no App ID is configured as " + alias);
    }
    String row = (app.appId() == null ? alias : app.appId()) + purpose;
    double requestsPerSecond =
        purpose.isEmpty()
            ? app.requestsPerSecond()
            : Math.min(app.requestsPerSecond(), COUNTED_APART);
    var pace = new Pace(jdbc, databaseClock, row, requestsPerSecond);
    var waits =
        Timer.builder("reelkeeper.provider.quota.wait")
            .description("How long requests waited for their slot")
            .tag("app", alias)
            .publishPercentileHistogram()
            .maximumExpectedValue(settings.quota().commandPatience())
            .register(meters);
    return new Desk(new Line(name, pace, settings.quota()), pace, waits);
  }
}
