package io.reelkeeper.api.health;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/// Keeps stack traces of lost connections out of the log while it is known that the database is
/// away: every walk, pump and library that meets the outage would write one, many in each second,
/// and none says more than the one line of the watch.
class OutageSilence extends TurboFilter {

  /// Repeats in two lines without a trace what is thrown as well.
  private static final String HIBERNATE = "org.hibernate.orm.jdbc.error";

  private volatile boolean away;

  void away(boolean now) {
    away = now;
  }

  /// Filters whatever is logged in this process from now on, if Logback does the logging.
  void begin() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logging) {
      logging.addTurboFilter(this);
    }
  }

  void end() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logging) {
      logging.getTurboFilterList().remove(this);
    }
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    if (!away) {
      return FilterReply.NEUTRAL;
    }
    return logger.getName().equals(HIBERNATE) || isOfTheDatabase(thrown(arguments, thrown))
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }

  private static @Nullable Throwable thrown(
      Object @Nullable [] arguments, @Nullable Throwable thrown) {
    return thrown == null
            && arguments != null
            && arguments.length > 0
            && arguments[arguments.length - 1] instanceof Throwable last
        ? last
        : thrown;
  }

  private static boolean isOfTheDatabase(@Nullable Throwable thrown) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable cause = thrown; cause != null && seen.add(cause); cause = cause.getCause()) {
      if (cause instanceof SQLException) {
        return true;
      }
    }
    return false;
  }
}
