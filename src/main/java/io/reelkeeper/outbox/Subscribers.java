package io.reelkeeper.outbox;

import io.reelkeeper.outbox.Endpoint.Answer;
import io.reelkeeper.outbox.Lines.Line;
import io.reelkeeper.outbox.OutboxSettings.Subscriber;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Who is told, how that goes, and what an operator does about it.
@Component
public class Subscribers {

  /// How deliveries to a subscriber go.
  ///
  /// @param address its url without a query, which may hold a secret
  /// @param apps null for every app
  /// @param events names and patterns; none for every event
  /// @param pausedBecause `gone` or `failing`, null when it is not paused
  /// @param failingSince the first failure after the last success
  /// @param sessionsWaiting of how many sessions it is yet to be told
  /// @param oldestWaiting when the event happened that waits longest
  public record Status(
      String name,
      String address,
      @Nullable Set<String> apps,
      List<String> events,
      @Nullable Instant pausedAt,
      @Nullable String pausedBecause,
      @Nullable Instant failingSince,
      @Nullable Instant failedAt,
      @Nullable String error,
      @Nullable Instant deliveredAt,
      int sessionsWaiting,
      @Nullable Instant oldestWaiting) {}

  /// What came of a test event.
  ///
  /// @param status of the answer, 0 without one
  /// @param error null when it was taken
  public record Trial(boolean taken, int status, @Nullable String error) {}

  /// What is to be done for a subscriber.
  ///
  /// @param behind whether there are events that are not in its lines
  record Glance(String name, boolean behind, boolean due) {}

  /// The oldest of so many lines is old enough for whoever wonders.
  private static final int LOOKED_AT = 100;

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Lines lines;
  private final Endpoints endpoints;
  private final CloudEvents cloudEvents;
  private final Clock clock;
  private final Map<String, Subscriber> configured;

  Subscribers(
      JdbcClient jdbc,
      JsonMapper json,
      Lines lines,
      Endpoints endpoints,
      CloudEvents cloudEvents,
      OutboxSettings settings,
      Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.lines = lines;
    this.endpoints = endpoints;
    this.cloudEvents = cloudEvents;
    this.clock = clock;
    this.configured = new TreeMap<>(settings.subscribers());
  }

  /// Whether it is told of these apps alone, so that who may see them may see it.
  public boolean isWithin(String name, @Nullable Set<String> apps) {
    Subscriber subscriber = configured.get(name);
    if (subscriber == null || apps == null) {
      return subscriber != null;
    }
    Set<String> told = subscriber.filter().apps();
    return told != null && apps.containsAll(told);
  }

  public List<Status> all() {
    Map<String, Status> known = new TreeMap<>();
    jdbc.sql(
            """
            select s.*, waiting.lines, waiting.at
              from subscriber s,
                lateral (
                  select
                    (select count(*) from subscriber_line l
                      where l.subscriber = s.name and l.due_at is not null) as lines,
                    (select min(next.at)
                       from (select * from subscriber_line l
                              where l.subscriber = s.name and l.due_at is not null
                              order by told limit :most) l,
                         lateral (
                           select o.at from outbox o
                            where o.session_id = l.session_id and o.position > l.told
                            order by o.position limit 1) next) as at) waiting
             where s.name = any (:names)
            """)
        .param("most", LOOKED_AT)
        .param("names", names())
        .query(this::status)
        .list()
        .forEach(status -> known.put(status.name(), status));
    return configured.keySet().stream()
        .map(name -> known.getOrDefault(name, unknown(name)))
        .toList();
  }

  private Status status(ResultSet row, int number) throws SQLException {
    String name = row.getString("name");
    Status plain = unknown(name);
    return new Status(
        name,
        plain.address(),
        plain.apps(),
        plain.events(),
        instant(row, "paused_at"),
        row.getString("paused_why"),
        instant(row, "failing_since"),
        instant(row, "failed_at"),
        row.getString("error"),
        instant(row, "delivered_at"),
        row.getInt("lines"),
        instant(row, "at"));
  }

  /// One that no replica has worked for yet.
  private Status unknown(String name) {
    Subscriber subscriber = configured(name);
    return new Status(
        name,
        subscriber.address(),
        subscriber.filter().apps(),
        subscriber.events(),
        null,
        null,
        null,
        null,
        null,
        null,
        0,
        null);
  }

  /// Tells it once more what happened since then, in order; what it has taken comes under the same
  /// id.
  ///
  /// @return how many events are told again
  public int replay(String name, Instant since) {
    return lines.again(name, configured(name).filter(), since, clock.instant());
  }

  /// Ends a pause, and tries at once what waits for its next attempt.
  public void resume(String name) {
    Instant now = clock.instant();
    jdbc.sql(
            """
            with was as (select * from subscriber where name = :name for update),
            resumed as (
              update subscriber s
                 set paused_at = null, paused_why = null, failing_since = null,
                     alarm_session = null, alarm_app = null
                from was where s.name = was.name
              returning was.alarm_session, was.alarm_app),
            due as (
              update subscriber_line set due_at = :now, failures = 0, lease = lease + 1
               where subscriber = :name and due_at is not null and failures > 0)
            insert into outbox (session_id, app, type, at, data)
            select alarm_session, alarm_app, 'alarm.cleared', :now, cast(:data as jsonb)
              from resumed where alarm_session is not null
            """)
        .param("name", name)
        .param("now", at(now))
        .param("data", json.writeValueAsString(alarm("subscriber-paused", name, "resumed")))
        .update();
  }

  /// Sends it a signed event of type `test` now.
  public Trial test(String name) {
    String id = UUID.randomUUID().toString();
    return switch (endpoints.of(name).tell(id, cloudEvents.test(id, name, clock.instant()))) {
      case Answer.Taken(int status) -> new Trial(true, status, null);
      case Answer.Gone() -> new Trial(false, 410, "answered 410");
      case Answer.Failed(int status, String why, var _) -> new Trial(false, status, why);
      case Answer.Forbidden(String why) -> new Trial(false, 0, why);
    };
  }

  /// What is to be done. A new subscriber is told what happens from now on.
  List<Glance> glance(Instant now) {
    if (configured.isEmpty()) {
      return List.of();
    }
    List<Glance> glances = glances(now);
    if (glances.size() == configured.size()) {
      return glances;
    }
    jdbc.sql(
            """
            insert into subscriber (name, queued)
            select name, position from unnest(:names) name, outbox_head
            on conflict do nothing
            """)
        .param("names", names())
        .update();
    return glances(now);
  }

  private List<Glance> glances(Instant now) {
    return jdbc.sql(
            """
            select name, s.queued < head.position as behind,
                   paused_at is null and exists (
                     select from subscriber_line l
                      where l.subscriber = s.name and l.due_at <= :now) as due
              from subscriber s, outbox_head head
             where name = any (:names)
            """)
        .param("now", at(now))
        .param("names", names())
        .query(
            (row, _) ->
                new Glance(row.getString("name"), row.getBoolean("behind"), row.getBoolean("due")))
        .list();
  }

  /// It has taken something; that it is well is written once a second at most.
  void well(String name, Instant now) {
    jdbc.sql(
            """
            update subscriber set delivered_at = :now, failing_since = null
             where name = :name
               and (failing_since is not null or delivered_at is null or delivered_at < :soon)
            """)
        .param("name", name)
        .param("now", at(now))
        .param("soon", at(now.minus(Duration.ofSeconds(1))))
        .update();
  }

  /// It has not taken something.
  ///
  /// @return since when it has taken nothing
  Instant ill(String name, String error, Instant now) {
    return jdbc.sql(
            """
            update subscriber
               set failed_at = :now, error = :error,
                   failing_since = coalesce(failing_since, :now)
             where name = :name
            returning failing_since
            """)
        .param("name", name)
        .param("error", error)
        .param("now", at(now))
        .query(OffsetDateTime.class)
        .optional()
        .map(OffsetDateTime::toInstant)
        .orElse(now);
  }

  /// Tells it nothing more until somebody resumes it, and raises an alarm; once, whoever asks.
  ///
  /// @param why `gone` or `failing`
  /// @param event that was not taken: the alarm is filed with its session
  boolean pause(String name, String why, StoredEvent event, Instant now) {
    return jdbc.sql(
                """
                with paused as (
                  update subscriber
                     set paused_at = :now, paused_why = :why,
                         alarm_session = :session, alarm_app = :app
                   where name = :name and paused_at is null
                  returning name)
                insert into outbox (session_id, app, type, at, data)
                select :session, :app, 'alarm.raised', :now, cast(:data as jsonb) from paused
                """)
            .param("name", name)
            .param("why", why)
            .param("session", event.session())
            .param("app", event.app())
            .param("now", at(now))
            .param("data", json.writeValueAsString(alarm("subscriber-paused", name, why)))
            .update()
        == 1;
  }

  /// An alarm about one event that an endpoint, which takes others, does not take.
  static BusinessEvent stuck(Line line, StoredEvent event, String error, Instant now) {
    return new BusinessEvent(
        "alarm.raised",
        event.session(),
        event.app(),
        now,
        alarm("delivery-stuck", line.subscriber(), event.type() + ": " + error));
  }

  private static Map<String, @Nullable Object> alarm(
      String kind, String subscriber, String detail) {
    return Map.of("kind", kind, "subscriber", subscriber, "detail", detail);
  }

  Subscriber configured(String name) {
    Subscriber subscriber = configured.get(name);
    if (subscriber == null) {
      throw new IllegalArgumentException("no subscriber '" + name + "'");
    }
    return subscriber;
  }

  private String[] names() {
    return configured.keySet().toArray(String[]::new);
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
