package io.reelkeeper.console.look;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// Times as people read them. All of them are UTC, as in logs and in Agora's answers.
public final class Ages {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  private Ages() {}

  /// Such as `40 s`, `3 min`, `5 h`, `2 d`; a clock that runs ahead gives `0 s`.
  public static String of(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 7200) {
      return seconds / 60 + " min";
    }
    return seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
  }

  /// How long ago, or a dash for never.
  public static String since(@Nullable Instant at, Instant now) {
    return at == null ? "–" : of(Duration.between(at, now));
  }

  /// The time of day.
  public static String time(Instant at) {
    return TIME.format(at);
  }

  /// With its date.
  public static String full(@Nullable Instant at) {
    return at == null ? "–" : DAY.format(at);
  }
}
