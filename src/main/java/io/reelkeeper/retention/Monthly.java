package io.reelkeeper.retention;

import io.reelkeeper.core.Uuid7;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A table that is parted by months.
///
/// @param bound where a month begins in the table's key, as SQL text
/// @param kept for how long after the end of a month its rows are kept
record Monthly(String table, Function<YearMonth, String> bound, Duration kept) {

  private static final Pattern NAME = Pattern.compile(".*_(\\d{4})_(\\d{2})");

  static String date(YearMonth month) {
    return month.atDay(1).toString();
  }

  /// Ids are made of their time, so that a session's rows lie together in the month it began.
  static String firstId(YearMonth month) {
    return Uuid7.firstAt(beginning(month)).toString();
  }

  static Instant beginning(YearMonth month) {
    return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  String partition(YearMonth month) {
    return "%s_%d_%02d".formatted(table, month.getYear(), month.getMonthValue());
  }

  /// Nothing for a partition that is no month.
  static Optional<YearMonth> monthOf(String partition) {
    Matcher name = NAME.matcher(partition);
    return name.matches()
        ? Optional.of(
            YearMonth.of(Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2))))
        : Optional.empty();
  }

  boolean isOver(YearMonth month, Instant now) {
    return !beginning(month.plusMonths(1)).plus(kept).isAfter(now);
  }
}
