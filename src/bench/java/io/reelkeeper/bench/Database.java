package io.reelkeeper.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/// A PostgreSQL that waits for the disk as in production, and counts the service's statements.
final class Database implements AutoCloseable {

  /// Of the service alone: what the bench itself asks must not be counted.
  static final String USER = "reelkeeper";

  private static final String STATEMENTS =
      """
      from pg_stat_statements s join pg_roles r on r.oid = s.userid
      where r.rolname = 'reelkeeper'
        and s.query !~* '^\\s*(begin|commit|rollback|set|show|discard)'
      """;

  private final EmbeddedPostgres server;
  private final SingleConnectionDataSource connection;
  private final JdbcClient jdbc;

  Database(Path directory) throws IOException {
    // The embedded server comes with fsync and synchronous commits switched off.
    server =
        EmbeddedPostgres.builder()
            .setDataDirectory(directory)
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("shared_preload_libraries", "pg_stat_statements")
            .setOutputRedirector(Redirect.DISCARD)
            .setErrorRedirector(Redirect.DISCARD)
            .start();
    JdbcClient admin = JdbcClient.create(server.getPostgresDatabase());
    admin.sql("create role reelkeeper login password 'reelkeeper'").update();
    admin.sql("create database reelkeeper owner reelkeeper").update();
    connection = new SingleConnectionDataSource(server.getJdbcUrl("postgres", USER), true);
    jdbc = JdbcClient.create(connection);
    // Beside the service's schema: it expects that one to be empty.
    jdbc.sql("create schema bench").update();
    jdbc.sql("create extension pg_stat_statements schema bench").update();
    jdbc.sql("create table bench.yardstick (id uuid primary key, said text)").update();
    jdbc.sql("set search_path to public, bench").update();
    for (String setting : List.of("fsync", "synchronous_commit")) {
      String value = jdbc.sql("show " + setting).query(String.class).single();
      if (!value.equals("on")) {
        throw new IllegalStateException(setting + " is " + value);
      }
    }
  }

  String url() {
    return server.getJdbcUrl(USER, USER);
  }

  int live() {
    return count("select count(*) from task where status = 'live'");
  }

  /// Notices that are not told to their session yet.
  int untold() {
    return count("select count(*) from inbox where state in ('new', 'held')");
  }

  private int count(String sql) {
    return jdbc.sql(sql).query(Integer.class).single();
  }

  /// How long Agora took for each session's calls, in milliseconds.
  ///
  /// The journal keeps whole milliseconds, rounded down: half of one is added for each call.
  Map<UUID, Double> providerTook(List<String> operations) {
    Map<UUID, Double> took = new HashMap<>();
    jdbc.sql(
            """
            select session_id, sum(took_ms) + 0.5 * count(*) as took from provider_call
            where operation = any(?) group by session_id
            """)
        .param(operations.toArray(String[]::new))
        .query(
            row -> {
              took.put(row.getObject("session_id", UUID.class), row.getDouble("took"));
            });
    return took;
  }

  int calls(String operation) {
    return jdbc.sql("select count(*) from provider_call where operation = ?")
        .param(operation)
        .query(Integer.class)
        .single();
  }

  void countAnew() {
    jdbc.sql("select pg_stat_statements_reset()").query().listOfRows();
  }

  /// The service's statements since [#countAnew], those that begin and end transactions left out.
  long statements() {
    return jdbc.sql("select coalesce(sum(calls), 0) " + STATEMENTS).query(Long.class).single();
  }

  /// The looks that tell whether the database is there; they come by the clock, whatever goes on.
  long looks() {
    return jdbc.sql(
            """
            select coalesce(sum(calls), 0) from pg_stat_statements
            where query ilike 'select clock_timestamp()%'
            """)
        .query(Long.class)
        .single();
  }

  /// The service's transactions of more than one statement since [#countAnew], readers left out.
  long transactions() {
    return jdbc.sql("select coalesce(sum(calls), 0) from pg_stat_statements where query = 'BEGIN'")
        .query(Long.class)
        .single();
  }

  /// Writes the statements since [#countAnew] to a file, the most frequent first.
  void tell(Path file) throws IOException {
    Files.write(
        file,
        jdbc.sql(
                """
                select calls, round(mean_exec_time::numeric, 3) as mean,
                       regexp_replace(query, '\\s+', ' ', 'g') as query
                """
                    + STATEMENTS
                    + " order by calls desc")
            .query(
                (row, _) ->
                    "%6d calls of %8.3f ms: %s"
                        .formatted(
                            row.getLong("calls"), row.getDouble("mean"), row.getString("query")))
            .list());
  }

  /// Somebody who commits one row whenever it is run, over a connection of its own.
  Runnable inserts() {
    var own = new SingleConnectionDataSource(server.getJdbcUrl("postgres", USER), true);
    JdbcClient inserting = JdbcClient.create(own);
    return () ->
        inserting
            .sql("insert into bench.yardstick values (?, ?)")
            .param(UUID.randomUUID())
            .param("one row of some hundred bytes, as a signal is: ".repeat(4))
            .update();
  }

  @Override
  public void close() throws IOException {
    connection.destroy();
    server.close();
  }
}
