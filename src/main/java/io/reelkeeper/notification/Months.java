package io.reelkeeper.notification;

import java.time.LocalDate;
import java.time.YearMonth;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The inbox's partitions, one for each month, made before they are needed.
@Component
class Months {

  private static final Logger log = LoggerFactory.getLogger(Months.class);

  /// A service that was down over a whole month still finds its partition.
  private static final int AHEAD = 2;

  /// Whoever waits longer for the lock would keep notifications waiting behind it.
  private static final String MAKE =
      """
      do $$ begin
        set local lock_timeout = '2s';
        perform pg_advisory_xact_lock(hashtext('reelkeeper inbox months'));
        if to_regclass('%1$s') is null then
          create table %1$s partition of inbox for values from ('%2$s') to ('%3$s');
        end if;
      end $$
      """;

  private final JdbcClient jdbc;

  Months(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Makes what is missing from last month on; a month that cannot be made goes into the default
  /// partition, which loses nothing.
  void prepare(LocalDate today) {
    YearMonth current = YearMonth.from(today);
    for (int offset = -1; offset <= AHEAD; offset++) {
      YearMonth month = current.plusMonths(offset);
      String name = "inbox_%d_%02d".formatted(month.getYear(), month.getMonthValue());
      try {
        jdbc.sql(MAKE.formatted(name, month.atDay(1), month.plusMonths(1).atDay(1))).update();
      } catch (DataAccessException e) {
        log.warn("partition {} was not made: {}", name, e.getMessage());
      }
    }
  }
}
