package io.reelkeeper.bench.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/// The database of one phase, which counts the service's statements.
public final class Database implements AutoCloseable {

  /// Of the service alone: what the bench itself asks must not be counted.
  public static final String USER = "reelkeeper";

  private static final String STATEMENTS =
      """
      from pg_stat_statements s join pg_roles r on r.oid = s.userid
      where r.rolname = 'reelkeeper'
        and s.dbid = (select oid from pg_database where datname = current_database())
        and s.query !~* '^\\s*(begin|commit|rollback|set|show|discard)'
      """;

  private final String url;
  private final String adminUrl;
  private final Runnable drop;
  private final SingleConnectionDataSource connection;
  private final JdbcClient jdbc;

  /// @param url as the service's user
  /// @param adminUrl as somebody whose statements are not counted
  /// @param drop removes the database
  Database(String url, String adminUrl, Runnable drop) {
    this.url = url;
    this.adminUrl = adminUrl;
    this.drop = drop;
    connection = new SingleConnectionDataSource(adminUrl, true);
    jdbc = JdbcClient.create(connection);
    // Beside the service's schema: it expects that one to be empty.
    jdbc.sql("create schema bench").update();
    jdbc.sql("create extension pg_stat_statements schema bench").update();
    jdbc.sql("create table bench.yardstick (id uuid primary key, said text)").update();
    jdbc.sql("set search_path to public, bench").update();
  }

  public String url() {
    return url;
  }

  public String adminUrl() {
    return adminUrl;
  }

  /// Over one connection, as somebody whose statements are not counted.
  public JdbcClient jdbc() {
    return jdbc;
  }

  public int live() {
    return count("select count(*) from task where status = 'live'");
  }

  /// Notices that are not told to their session yet.
  public int untold() {
    return count("select count(*) from inbox where state in ('new', 'held')");
  }

  private int count(String sql) {
    return jdbc.sql(sql).query(Integer.class).single();
  }

  /// How long Agora took for each session's calls, in milliseconds.
  ///
  /// The journal keeps whole milliseconds, rounded down: half of one is added for each call.
  public Map<UUID, Double> providerTook(List<String> operations) {
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

  public int calls(String operation) {
    return jdbc.sql("select count(*) from provider_call where operation = ?")
        .param(operation)
        .query(Integer.class)
        .single();
  }

  public void countAnew() {
    jdbc.sql("select pg_stat_statements_reset()").query().listOfRows();
  }

  /// The service's statements since [#countAnew], those that begin and end transactions left out.
  public long statements() {
    return jdbc.sql("select coalesce(sum(calls), 0) " + STATEMENTS).query(Long.class).single();
  }

  /// The looks that tell whether the database is there; they come by the clock, whatever goes on.
  public long looks() {
    return jdbc.sql(
            """
            select coalesce(sum(calls), 0) from pg_stat_statements
            where query ilike 'select clock_timestamp()%'
            """)
        .query(Long.class)
        .single();
  }

  /// The service's transactions of more than one statement since [#countAnew], readers left out.
  public long transactions() {
    return jdbc.sql("select coalesce(sum(calls), 0) from pg_stat_statements where query = 'BEGIN'")
        .query(Long.class)
        .single();
  }

  /// Writes the statements since [#countAnew] to a file, the most frequent first.
  public void tell(Path file) throws IOException {
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
  public Runnable inserts() {
    JdbcClient inserting = JdbcClient.create(new SingleConnectionDataSource(adminUrl, true));
    return () ->
        inserting
            .sql("insert into bench.yardstick values (?, ?)")
            .param(UUID.randomUUID())
            .param("one row of some hundred bytes, as a signal is: ".repeat(4))
            .update();
  }

  @Override
  public void close() {
    connection.destroy();
    drop.run();
  }
}
