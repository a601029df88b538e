package io.reelkeeper.vitals;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.reelkeeper.core.Figures;
import io.reelkeeper.core.SharedClock;
import io.reelkeeper.outbox.Subscribers;
import io.reelkeeper.session.limits.Workers;
import io.reelkeeper.session.state.Policy;
import io.reelkeeper.session.state.Task;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// What is looked at every ten seconds so that somebody is called before a recording is lost.
///
/// Every replica shows the same figures but for the clock's; alerts take the worst of them.
@Component
class Vitals {

  /// A recorder that began before that tells nothing about notifications of today.
  private static final Duration SILENCE_LOOKS_BACK = Duration.ofDays(1);

  /// A notification may overtake the answer that brings the sid.
  private static final Duration OVERTAKES = Duration.ofSeconds(30);

  private final JdbcClient jdbc;
  private final Clock clock;
  private final Subscribers subscribers;
  private final Workers workers;
  private final VitalsSettings settings;
  private final Figures expiry;
  private final Figures silence;
  private final Figures deliveryLag;
  private final Figures paused;
  private final AtomicReference<Double> inboxLag = new AtomicReference<>(0.0);

  Vitals(
      JdbcClient jdbc,
      Clock clock,
      SharedClock shared,
      Subscribers subscribers,
      Workers workers,
      Policy policy,
      VitalsSettings settings,
      MeterRegistry meters) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.subscribers = subscribers;
    this.workers = workers;
    this.settings = settings;
    Gauge.builder("reelkeeper.monitor.interval", policy, it -> seconds(it.monitorInterval()))
        .baseUnit("seconds")
        .description("How often a live recording is asked for, as configured")
        .register(meters);
    Gauge.builder("reelkeeper.inbox.lag", inboxLag, AtomicReference::get)
        .baseUnit("seconds")
        .description("How long the notification that waits longest has not been looked at")
        .register(meters);
    Gauge.builder("reelkeeper.clock.skew", shared, it -> -seconds(it.ahead()))
        .baseUnit("seconds")
        .description("How far this machine's clock is ahead of the database's, which all go by")
        .register(meters);
    this.expiry =
        new Figures(
            "reelkeeper.resource.expiry",
            "seconds",
            "How long until the first recorder is out of reach of query and stop",
            meters);
    this.silence =
        new Figures(
            "reelkeeper.notification.silence",
            "seconds",
            "How long ago the first recorder began of which no notification came, nor any since",
            meters);
    this.deliveryLag =
        new Figures(
            "reelkeeper.delivery.lag",
            "seconds",
            "How long the event that waits longest for a subscriber has happened",
            meters);
    this.paused =
        new Figures(
            "reelkeeper.subscriber.paused",
            null,
            "1 while a subscriber is told nothing because it took nothing",
            meters);
  }

  @Scheduled(fixedDelayString = "${reelkeeper.gauges-every:10s}")
  void look() {
    Instant now = clock.instant();
    inboxLag.set(since(oldestNotice(), now));
    Map<String, Instant> acquired = firstAcquired();
    workers
        .apps()
        .forEach(
            app ->
                expiry.set(
                    Tags.of("app", app),
                    seconds(Task.RESOURCE_LIFE) - since(acquired.get(app), now)));
    Map<String, Instant> unheard = firstUnheard(now);
    settings
        .listening()
        .forEach(app -> silence.set(Tags.of("app", app), since(unheard.get(app), now)));
  }

  /// Apart from the others: the lines of a subscriber that takes nothing are many.
  @Scheduled(fixedDelayString = "${reelkeeper.gauges-every:10s}")
  void lookAtSubscribers() {
    Instant now = clock.instant();
    subscribers
        .all()
        .forEach(
            it -> {
              Tags tags = Tags.of("subscriber", it.name());
              deliveryLag.set(tags, since(it.oldestWaiting(), now));
              paused.set(tags, it.pausedAt() == null ? 0 : 1);
            });
  }

  private @Nullable Instant oldestNotice() {
    return jdbc.sql("select min(received_at) as at from inbox where state = 'new'")
        .query((row, _) -> instant(row.getTimestamp("at")))
        .list()
        .getFirst();
  }

  private Map<String, Instant> firstAcquired() {
    return byApp(
        jdbc.sql(
            """
            select app, min(coalesce(acquired_at, intended_at)) as at
              from task where status <> 'ended' and sid is not null group by app
            """));
  }

  private Map<String, Instant> firstUnheard(Instant now) {
    return byApp(
        jdbc.sql(
                """
                select task.app, min(task.started_at) as at
                  from task left join ha_watchdog heard on heard.app = task.app
                 where task.started_at > :since
                   and (heard.heard_at is null
                     or task.started_at - make_interval(secs => :overtakes) > heard.heard_at)
                 group by task.app
                """)
            .param("since", Timestamp.from(now.minus(SILENCE_LOOKS_BACK)))
            .param("overtakes", OVERTAKES.toSeconds()));
  }

  private static Map<String, Instant> byApp(JdbcClient.StatementSpec statement) {
    return statement
        .query((row, _) -> Map.entry(row.getString("app"), row.getTimestamp("at").toInstant()))
        .list()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static @Nullable Instant instant(@Nullable Timestamp at) {
    return at == null ? null : at.toInstant();
  }

  /// Nothing waits: no time.
  private static double since(@Nullable Instant at, Instant now) {
    return at == null ? 0 : Math.max(0, seconds(Duration.between(at, now)));
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }
}
