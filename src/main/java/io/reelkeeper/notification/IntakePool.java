package io.reelkeeper.notification;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.stereotype.Component;

/// The database connections that notifications come in by, apart from all others: however slow the
/// processing is, there is one left to keep what Agora says.
///
/// It is no `DataSource` bean, because the service has one database and one data source.
@Component
class IntakePool implements AutoCloseable {

  /// A database that is away shall be answered for within 200 ms.
  private static final long WAIT_MILLIS = Duration.ofMillis(150).toMillis();

  /// The pool refuses shorter waits than this, unless the process was started otherwise.
  private static final long FLOOR_MILLIS = Long.getLong("com.zaxxer.hikari.timeoutMs.floor", 250);

  /// A frozen database gives its threads back after this time.
  private static final int SOCKET_SECONDS = 5;

  /// A middlebox forgets a silent connection after some minutes; this is the pool's shortest.
  private static final long KEEPALIVE_MILLIS = Duration.ofSeconds(30).toMillis();

  private final HikariDataSource pool;

  IntakePool(JdbcConnectionDetails database, MeterRegistry meters) {
    var source = new PGSimpleDataSource();
    source.setUrl(database.getJdbcUrl());
    if (database.getUsername() != null) {
      source.setUser(database.getUsername());
      source.setPassword(database.getPassword());
    }
    if (source.getSocketTimeout() == 0) {
      source.setSocketTimeout(SOCKET_SECONDS);
    }
    source.setTcpKeepAlive(true);
    source.setApplicationName("reelkeeper-intake");
    var config = new HikariConfig();
    config.setPoolName("intake");
    config.setMetricRegistry(meters);
    config.setDataSource(source);
    config.setMaximumPoolSize(2); // one writes; one more while a broken one is being given up
    // None is kept ready beyond those in use: the pool's own attempts grow slower up to one in 5 s
    // while a database is away, whereas those that somebody waits for begin anew each time.
    config.setMinimumIdle(0);
    config.setIdleTimeout(0);
    config.setMaxLifetime(0);
    config.setKeepaliveTime(KEEPALIVE_MILLIS);
    config.setConnectionTimeout(Math.max(WAIT_MILLIS, FLOOR_MILLIS));
    config.setValidationTimeout(Math.max(WAIT_MILLIS, FLOOR_MILLIS));
    this.pool = new HikariDataSource(config);
  }

  Connection take() throws SQLException {
    return pool.getConnection();
  }

  /// Gives up a connection after a failure: it may lead to a database that only reads by now.
  void giveUp(Connection connection) {
    pool.evictConnection(connection);
  }

  @Override
  public void close() {
    pool.close();
  }
}
