package io.reelkeeper.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.TestClock;
import io.reelkeeper.TestDatabase;
import io.reelkeeper.core.Uuid7;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetentionTest {

  private final TestClock clock = TestClock.at("2026-03-01T10:00:00Z");
  private final TestDatabase database = TestDatabase.migrated();
  private final Random random = new Random(7);
  private final Retention retention =
      new Retention(
          new Partitions(database.jdbc()),
          database.jdbc(),
          clock,
          new RetentionSettings(
              Duration.ofDays(90), Duration.ofDays(90), Duration.ofDays(400), Duration.ofDays(30)));

  @BeforeEach
  void prepare() {
    retention.prepare();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void whatComesIsFiledByMonthAndTheDefaultStaysEmpty() {
    notice("n", clock.instant().minus(Duration.ofDays(1)));
    notice("m", clock.instant());
    UUID session = session("recording");
    history(session);

    assertThat(places("inbox")).containsExactly("inbox_2026_02", "inbox_2026_03");
    assertThat(places("signal_history")).containsExactly("signal_history_2026_03");
  }

  @Test
  void aMonthWithoutItsPartitionLosesNothingAndEndsInItsTimeToo() {
    clock.advance(Duration.ofDays(365));
    notice("n", clock.instant());

    retention.prepare();
    assertThat(places("inbox")).containsExactly("inbox_default");

    clock.advance(Duration.ofDays(91));
    retention.drop();
    assertThat(places("inbox")).isEmpty();
  }

  @Test
  void aMonthGoesWhenTheLastOfItIsOldEnough() {
    notice("n", clock.instant());

    clock.advance(Duration.ofDays(119));
    retention.drop();
    assertThat(places("inbox")).hasSize(1);

    clock.advance(Duration.ofDays(2));
    retention.drop();
    assertThat(places("inbox")).isEmpty();
  }

  @Test
  void sessionsGoWithTheirHistoryAndOnlyWhenTheyHaveEnded() {
    UUID ended = session("stopped");
    UUID running = session("recording");
    history(ended);
    history(running);
    clock.advance(Duration.ofDays(500));

    retention.drop();
    assertThat(sessions()).containsExactly(running);
    assertThat(places("signal_history")).as("of the one that runs").hasSize(1);

    database
        .jdbc()
        .sql("update session set status = 'stopped', stopped_at = created_at where id = ?")
        .param(running)
        .update();
    retention.drop();
    assertThat(sessions()).isEmpty();
    assertThat(places("signal_history")).isEmpty();
  }

  @Test
  void eventsGoWithTheLinesThatHaveToldThem() {
    event(clock.instant(), 1L);
    line(null);
    clock.advance(Duration.ofDays(20));
    event(clock.instant(), 2L);
    event(clock.instant(), null);
    line(clock.instant());

    clock.advance(Duration.ofDays(11));
    retention.drop();

    assertThat(numbers("select coalesce(position, 0) from outbox order by 1"))
        .containsExactly(0L, 2L);
    assertThat(numbers("select wanted from subscriber_line")).as("the one that waits").hasSize(1);
  }

  private void event(Instant at, @Nullable Long position) {
    database
        .jdbc()
        .sql(
            """
            insert into outbox (session_id, app, type, at, data, position)
            values (gen_random_uuid(), 'classroom', 'task.ended', cast(? as timestamptz), '{}', ?)
            """)
        .param(at.toString())
        .param(position)
        .update();
  }

  private void line(@Nullable Instant dueAt) {
    database
        .jdbc()
        .sql(
            """
            insert into subscriber_line
              (subscriber, session_id, told, wanted, due_at, failures, lease, moved_at)
            values ('lms', gen_random_uuid(), 1, case when cast(:due as timestamptz) is null then 1 else 2 end,
                    cast(:due as timestamptz), 0, 0, '2026-03-01T10:00:00Z')
            """)
        .param("due", dueAt == null ? null : dueAt.toString())
        .update();
  }

  private List<Long> numbers(String query) {
    return database.jdbc().sql(query).query((row, _) -> row.getLong(1)).list();
  }

  private void notice(String id, Instant at) {
    database
        .jdbc()
        .sql(
            """
            insert into inbox (month, app, notice_id, received_at, body, event_type, sid, cname,
              uid, sequence, sendts, state, tries, handled_at)
            values (date_trunc('month', cast(:at as timestamptz) at time zone 'UTC'), 'classroom',
              :id, cast(:at as timestamptz), '', 40, 's', 'c', 'u', 0, 0, 'done', 0,
              cast(:at as timestamptz))
            """)
        .param("id", id)
        .param("at", at.toString())
        .update();
  }

  private UUID session(String status) {
    UUID id = Uuid7.at(clock.instant(), random);
    database
        .jdbc()
        .sql(
            """
            insert into session (id, app, channel, mode, slot, assurance, on_idle, status,
              storage_profile, vendor, region, bucket, prefix, fingerprint, request, digest, uids,
              labels, created_at, updated_at, stopped_at, signals, version)
            values (:id, 'classroom', cast(:id as text), 'composite', 'main', 'standard', 'end',
              :status, 'primary', 'aws', 'EU_CENTRAL_1', 'b', '{}', 'sha256:' || repeat('0', 64),
              '{}', 'd', '{1,2}', '{}', cast(:at as timestamptz), cast(:at as timestamptz),
              case when :status = 'stopped' then cast(:at as timestamptz) end, 0, 0)
            """)
        .param("id", id)
        .param("status", status)
        .param("at", clock.instant().toString())
        .update();
    return id;
  }

  private void history(UUID session) {
    database
        .jdbc()
        .sql(
            """
            insert into signal_history (session_id, at, signal, rule, status_before, status_after,
              detail)
            values (?, cast(? as timestamptz), 'StopAsked', 'NOTED', 'recording', 'recording', '{}')
            """)
        .param(session)
        .param(clock.instant().toString())
        .update();
  }

  private List<UUID> sessions() {
    return database
        .jdbc()
        .sql("select id from session")
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }

  private List<String> places(String table) {
    return database
        .jdbc()
        .sql("select tableoid::regclass::text from " + table + " order by 1")
        .query((row, _) -> row.getString(1))
        .list();
  }
}
