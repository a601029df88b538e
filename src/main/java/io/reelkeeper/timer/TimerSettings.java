package io.reelkeeper.timer;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// How this replica runs due timers.
///
/// @param live false: nothing runs by itself; a test runs what is due by hand
/// @param pollEvery how often the table is looked at; timers set here do not wait for it, only what
///     another replica left does
/// @param threads how many walks may run at once, on virtual threads: most of them only wait
/// @param heartbeat how often a running walk says that it lives; after four missed ones it is taken
///     over, so that with 2 s it runs elsewhere 10 s later at the latest
/// @param stopWithin how long walks may go on when the service stops; the rest is handed back
@ConfigurationProperties("reelkeeper.timers")
@Validated
record TimerSettings(
    @DefaultValue("true") boolean live,
    @DefaultValue("200ms")
        @DurationMax(seconds = 10, message = "must be between 10ms and 10s")
        @DurationMin(millis = 10, message = "must be between 10ms and 10s")
        Duration pollEvery,
    @DefaultValue("512")
        @Max(value = 10_000, message = "must be between 1 and 10000")
        @Min(value = 1, message = "must be between 1 and 10000")
        int threads,
    @DefaultValue("2s")
        @DurationMax(seconds = 2, message = "must be between 50ms and 2s")
        @DurationMin(millis = 50, message = "must be between 50ms and 2s")
        Duration heartbeat,
    @DefaultValue("10s")
        @DurationMax(minutes = 5, message = "must be between 0s and 5m")
        @DurationMin(millis = 0, message = "must be between 0s and 5m")
        Duration stopWithin) {

  /// Fewer would take a pause of the machine for a death.
  static final int MISSED_HEARTBEATS = 4;

  /// A walk without a sign of life for this long is dead.
  Duration deadAfter() {
    return heartbeat.multipliedBy(MISSED_HEARTBEATS);
  }
}
