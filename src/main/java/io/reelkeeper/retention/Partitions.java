package io.reelkeeper.retention;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The monthly partitions of a table.
@Component
class Partitions {

  private static final Logger log = LoggerFactory.getLogger(Partitions.class);

  /// A service that was down over a whole month still finds its partition.
  private static final int AHEAD = 2;

  /// Whoever waits longer for the lock would keep everybody else waiting behind it.
  private static final String MAKE =
      """
      do $$ begin
        set local lock_timeout = '2s';
        perform pg_advisory_xact_lock(hashtext('reelkeeper months'));
        if to_regclass('%1$s') is null then
          create table %1$s partition of %2$s for values from ('%3$s') to ('%4$s');
        end if;
      end $$
      """;

  private static final String DROP =
      """
      do $$ begin
        set local lock_timeout = '2s';
        drop table if exists %s;
      end $$
      """;

  private final JdbcClient jdbc;

  Partitions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Makes what is missing from last month on; a month that cannot be made goes into the default
  /// partition, which loses nothing.
  void prepare(Monthly table, Instant now) {
    YearMonth current = YearMonth.from(now.atZone(ZoneOffset.UTC));
    for (int offset = -1; offset <= AHEAD; offset++) {
      YearMonth month = current.plusMonths(offset);
      String from = table.bound().apply(month);
      String to = table.bound().apply(month.plusMonths(1));
      attempt(MAKE.formatted(table.partition(month), table.table(), from, to));
    }
  }

  /// The months of which every row is too old.
  List<YearMonth> over(Monthly table, Instant now) {
    return jdbc
        .sql(
            """
            select part.relname from pg_inherits
              join pg_class part on part.oid = inhrelid
             where inhparent = to_regclass(?) order by part.relname
            """)
        .param(table.table())
        .query((row, _) -> row.getString(1))
        .list()
        .stream()
        .flatMap(name -> Monthly.monthOf(name).stream())
        .filter(month -> table.isOver(month, now))
        .toList();
  }

  boolean drop(Monthly table, YearMonth month) {
    boolean dropped = attempt(DROP.formatted(table.partition(month)));
    if (dropped) {
      log.info("what {} held of {} was kept long enough and is gone", table.table(), month);
    }
    return dropped;
  }

  private boolean attempt(String sql) {
    try {
      jdbc.sql(sql).update();
      return true;
    } catch (DataAccessException e) {
      log.warn("a partition could not be changed, and is tried again: {}", e.getMessage());
      return false;
    }
  }
}
