package io.reelkeeper.api.health;

import io.reelkeeper.core.SharedClock;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Looks at the database all the time over a connection that it keeps, so that requests and health
/// checks only have to read what was seen last and never wait for a server that is away.
@Component
class DatabaseWatch implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(DatabaseWatch.class);

  /// An outage is to be answered with 503 within 200 ms, so it is to be known well before that.
  private static final long EVERY_MILLIS = 50;

  /// A server that says nothing for so long is frozen; a busy one answers this query in time.
  private static final int ANSWER_MILLIS = 1000;

  /// @param there it answers and can be written to
  /// @param migrated the schema is the one that this version wants
  /// @param skew the database's clock minus ours, which follows it from the first look on
  record Seen(boolean there, boolean migrated, Duration skew) {}

  private final DataSource database;
  private final ObjectProvider<Flyway> migrations;
  private final Clock clock;
  private final SharedClock shared;
  // what is on its way must not be refused before the first look: the migrations have just run
  private volatile Seen seen = new Seen(true, false, Duration.ZERO);
  private final OutageSilence silence = new OutageSilence();
  private @Nullable Connection kept;
  private boolean migrated;
  private volatile @Nullable ScheduledExecutorService looking;

  @Autowired
  DatabaseWatch(
      DataSource database, ObjectProvider<Flyway> migrations, Clock clock, SharedClock shared) {
    this.database = database;
    this.migrations = migrations;
    this.clock = clock;
    this.shared = shared;
  }

  Seen seen() {
    return seen;
  }

  /// By how much the machine's own clock is wrong.
  Duration correction() {
    return shared.ahead();
  }

  /// Before whatever goes by the time that it learns: timers that are due, requests that come in.
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 4096;
  }

  @Override
  public void start() {
    silence.begin();
    look();
    // of the machine's own: a virtual one would stand in line with all walks that are due, and take
    // its own waiting for the database's
    ScheduledExecutorService scheduler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("database-watch").factory());
    scheduler.scheduleWithFixedDelay(this::look, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    looking = scheduler;
  }

  @Override
  public void stop() {
    ScheduledExecutorService scheduler = looking;
    looking = null;
    silence.end();
    if (scheduler != null) {
      scheduler.submit(this::letGo);
      scheduler.shutdown();
    }
  }

  @Override
  public boolean isRunning() {
    return looking != null;
  }

  /// One look. Never throws: an exception would end the watch.
  void look() {
    Seen before = seen;
    Seen now;
    try {
      now = ask();
    } catch (SQLException | RuntimeException e) {
      letGo();
      now = new Seen(false, migrated, before.skew());
    }
    if (now.there() != before.there()) {
      log.warn(now.there() ? "The database is back" : "The database is away");
    }
    silence.away(!now.there());
    seen = now;
  }

  private Seen ask() throws SQLException {
    Connection connection = kept;
    if (connection == null) {
      connection = database.getConnection();
      kept = connection;
      connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
      migrated = migrations.stream().allMatch(flyway -> flyway.info().pending().length == 0);
    }
    Instant asked = clock.instant();
    Instant askedForAll = shared.instant();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select clock_timestamp(), not pg_is_in_recovery()")) {
      row.next();
      Instant theirs = row.getObject(1, OffsetDateTime.class).toInstant();
      shared.heard(askedForAll, theirs, shared.instant());
      // the answer was made somewhere between question and answer
      Instant ours = asked.plus(Duration.between(asked, clock.instant()).dividedBy(2));
      return new Seen(row.getBoolean(2), migrated, Duration.between(ours, theirs));
    }
  }

  private void letGo() {
    Connection connection = kept;
    kept = null;
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException _) {
        // it was given up already
      }
    }
  }
}
