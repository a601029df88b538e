package io.reelkeeper.retention;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// How long each kind of row is kept. Of all but events whole months go, so up to a month longer.
///
/// @param notifications as Agora sent them
/// @param calls requests to Agora and their answers
/// @param sessions sessions that have ended, with their history, files and keys; counted from the
///     beginning of a session
/// @param events for the business, told or not; a stream can resume, and a replay begin, so far
/// back
@Validated
@ConfigurationProperties("reelkeeper.retention")
record RetentionSettings(
    @DefaultValue("90d") @DurationMin(days = 2, message = LEAST) Duration notifications,
    @DefaultValue("90d") @DurationMin(days = 2, message = LEAST) Duration calls,
    @DefaultValue("400d") @DurationMin(days = 2, message = LEAST) Duration sessions,
    @DefaultValue("30d") @DurationMin(days = 2, message = LEAST) Duration events) {

  /// Whatever may still change is younger: notices are held for a day, keys live for one.
  private static final String LEAST = "must be 2d or more, such as 90d";
}
