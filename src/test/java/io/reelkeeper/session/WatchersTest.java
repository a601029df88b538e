package io.reelkeeper.session;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reelkeeper.TestDatabase;
import io.reelkeeper.core.Destination;
import io.reelkeeper.core.Mode;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Session.Assurance;
import io.reelkeeper.session.state.Session.OnIdle;
import io.reelkeeper.session.state.Session.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.JsonNodeFactory;

/// What wakes a request that waits.
final class WatchersTest {

  private static final UUID ID = UUID.fromString("01990000-0000-7000-8000-000000000001");
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Predicate<Session> NEVER = _ -> false;

  private final TestDatabase database = TestDatabase.migrated();
  private final Watchers watchers = new Watchers(database.jdbc());

  /// The versions that were read.
  private final LinkedBlockingQueue<Long> reads = new LinkedBlockingQueue<>();

  @BeforeEach
  void session() {
    database
        .jdbc()
        .sql(
            """
            insert into session (id, app, channel, mode, slot, assurance, on_idle, status,
              storage_profile, vendor, region, bucket, prefix, fingerprint, request, digest, uids,
              labels, created_at, updated_at, signals, version)
            values (:id, 'classroom', 'math-101', 'composite', 'main', 'standard', 'end', 'starting',
              'primary', 'aws', 'EU_CENTRAL_1', 'b', '{}', 'sha256:' || repeat('0', 64), '{}', 'd',
              '{1,2}', '{}', now(), now(), 0, 0)
            """)
        .param("id", ID)
        .update();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void whatAnotherReplicaDidIsHeardOf() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waits =
          threads.submit(
              () -> watchers.await(ID, this::read, session -> session.version() == 2, LONG));
      assertThat(reads.poll(10, SECONDS)).isZero();
      changes();
      assertThat(reads.poll(10, SECONDS)).isOne();
      changes();

      assertThat(waits.get().version()).isEqualTo(2);
    }
  }

  @Test
  void whoWaitsReadsNothingWhileNothingChanges() {
    watchers.await(ID, this::read, NEVER, Duration.ofSeconds(1));

    assertThat(reads).as("at the beginning and at the end").hasSize(2);
  }

  @Test
  void whoWaitsIsToldThatTheDatabaseIsAway() {
    var nobody = new PGSimpleDataSource();
    nobody.setPortNumbers(new int[] {1});
    var away = new Watchers(JdbcClient.create(nobody));

    assertThatThrownBy(() -> away.await(ID, this::readOnce, NEVER, LONG))
        .isInstanceOf(DataAccessException.class);
  }

  private void changes() {
    database.jdbc().sql("update session set version = version + 1").update();
  }

  private Session readOnce() {
    if (!reads.isEmpty()) {
      throw new TransientDataAccessResourceException("away");
    }
    return read();
  }

  private Session read() {
    long version = database.jdbc().sql("select version from session").query(Long.class).single();
    reads.add(version);
    Instant now = Instant.parse("2026-03-01T10:00:00Z");
    return new Session(
        ID,
        "classroom",
        "math-101",
        Mode.COMPOSITE,
        "main",
        Assurance.STANDARD,
        OnIdle.END,
        Status.STARTING,
        null,
        null,
        new Destination("primary", "aws", "EU_CENTRAL_1", "b", null, List.of(), "sha256:00"),
        JsonNodeFactory.instance.objectNode(),
        JsonNodeFactory.instance.objectNode(),
        null,
        "d",
        List.of("1", "2"),
        Map.of(),
        List.of(),
        List.of(),
        now,
        now,
        null,
        version);
  }
}
