package io.reelkeeper.api.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.TestClock;
import io.reelkeeper.TestDatabase;
import io.reelkeeper.core.SharedClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.health.contributor.Status;
import org.springframework.jdbc.datasource.DelegatingDataSource;

final class DatabaseWatchTest {

  private final TestDatabase database = TestDatabase.migrated();
  private final Switchable source = new Switchable(database);
  private final StaticListableBeanFactory beans = new StaticListableBeanFactory();

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void aDatabaseThatAnswersWithOurSchemaAndOurTimeIsReady() {
    DatabaseWatch watch = watch(databaseClock());
    watch.look();
    assertThat(new DatabaseHealthIndicator(watch).health().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void anOutageIsSeenAtTheNextLookAndSoIsItsEnd() {
    DatabaseWatch watch = watch(databaseClock());
    watch.look();

    source.away = true;
    endConnections();
    watch.look();
    assertThat(watch.seen().there()).isFalse();
    assertThat(new DatabaseHealthIndicator(watch).health().getStatus()).isEqualTo(Status.DOWN);

    source.away = false;
    watch.look();
    assertThat(watch.seen().there()).isTrue();
  }

  @Test
  void clocksTwoSecondsApartAreNotReady() {
    TestClock clock = databaseClock();
    DatabaseWatch watch = watch(clock);
    clock.advance(Duration.ofSeconds(-3));
    watch.look();
    assertThat(watch.seen().there()).isTrue();
    assertThat(watch.seen().skew()).isGreaterThan(Duration.ofSeconds(2));
    assertThat(new DatabaseHealthIndicator(watch).health().getStatus()).isEqualTo(Status.DOWN);
  }

  @Test
  void aReplicaWithAWrongClockGoesByTheDatabaseAndIsReady() {
    TestClock machine = databaseClock();
    var shared = new SharedClock(machine);
    DatabaseWatch watch = watch(shared, shared);
    machine.advance(Duration.ofSeconds(-30));
    watch.look();
    watch.look();
    assertThat(shared.ahead()).isBetween(Duration.ofSeconds(29), Duration.ofSeconds(50));
    assertThat(new DatabaseHealthIndicator(watch).health().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void aSchemaOfAnOlderVersionIsNotReady() {
    try (var empty = TestDatabase.empty()) {
      beans.addBean("flyway", Flyway.configure().dataSource(empty.dataSource()).load());
      DatabaseWatch watch = watch(databaseClock());
      watch.look();
      assertThat(watch.seen().migrated()).isFalse();
      assertThat(new DatabaseHealthIndicator(watch).health().getStatus()).isEqualTo(Status.DOWN);
    }
  }

  private DatabaseWatch watch(Clock clock) {
    return watch(clock, new SharedClock(clock));
  }

  private DatabaseWatch watch(Clock clock, SharedClock shared) {
    return new DatabaseWatch(source, beans.getBeanProvider(Flyway.class), clock, shared);
  }

  /// Set by the database, so that the two agree when the test begins.
  private TestClock databaseClock() {
    Instant now =
        database
            .jdbc()
            .sql("select clock_timestamp()")
            .query((row, _) -> row.getTimestamp(1).toInstant())
            .single();
    return TestClock.at(now);
  }

  private void endConnections() {
    database
        .jdbc()
        .sql(
            """
            select count(pg_terminate_backend(pid)) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid()
            """)
        .query(Integer.class)
        .single();
  }

  /// A way to the database that can be shut.
  private static final class Switchable extends DelegatingDataSource {

    boolean away;

    Switchable(TestDatabase database) {
      super(database.dataSource());
    }

    @Override
    public Connection getConnection() throws SQLException {
      if (away) {
        throw new SQLException("away", "08001");
      }
      return super.getConnection();
    }
  }
}
