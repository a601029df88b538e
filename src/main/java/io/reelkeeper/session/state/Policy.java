package io.reelkeeper.session.state;

import io.reelkeeper.core.Backoff;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// Every figure of Agora's best practice, as its default. All durations are positive.
///
/// @param startBackoff pauses after HTTP 50x of start; then the other UID
/// @param startUnfinishedBackoff pauses after code 65 of start; then the other UID
/// @param unknownStartWait how long a notice may take to bring a lost sid
/// @param verifyDelay from the sid to the first query
/// @param verifyBackoff pauses between the queries that confirm a start, the last one repeated
/// @param verifyDeadline from the sid to the replacement of a task that is not confirmed
/// @param monitorInterval between two queries of a live task
/// @param notFoundBackoff pauses between the queries that make a 404 certain
/// @param serverErrorBackoff pauses after 50x of query, the last one repeated
/// @param doubtWindow how long Agora's own failover may answer 404
/// @param haWatchdog what a missing event 13 leads to
/// @param haDeadline from the sid to the verdict on a task without event 13
/// @param haTripAfter tasks in a row without event 13 until `enforce` becomes `observe`
/// @param m3u8After from the sid to the query that asks for the playlist's name
/// @param pageReadyWithin from the sid to the recorded page's report that it has loaded
/// @param pageAliveEvery between two reports of the recorded page; silent for three, it is replaced
/// @param auditPasses when the bucket is looked into, from the end of a task; each pass once
/// @param auditTolerance recorded time that may be missing, or 2 % if that is more
/// @param replacements at most so many replacements of a session in such a time
@Validated
@ConfigurationProperties("reelkeeper.policy")
public record Policy(
    @NotEmpty @DefaultValue({"3s", "6s", "9s"})
        List<@DurationMin(millis = 1, message = POSITIVE) Duration> startBackoff,
    @NotEmpty @DefaultValue({"3s", "6s"})
        List<@DurationMin(millis = 1, message = POSITIVE) Duration> startUnfinishedBackoff,
    @DefaultValue("15s") @DurationMin(millis = 1, message = POSITIVE) Duration unknownStartWait,
    @DefaultValue("5s") @DurationMin(millis = 1, message = POSITIVE) Duration verifyDelay,
    @NotEmpty @DefaultValue({"5s", "10s", "15s"})
        List<@DurationMin(millis = 1, message = POSITIVE) Duration> verifyBackoff,
    @DefaultValue("90s") @DurationMin(millis = 1, message = POSITIVE) Duration verifyDeadline,
    @DefaultValue("2m") @DurationMin(millis = 1, message = POSITIVE) Duration monitorInterval,
    @NotEmpty @DefaultValue({"5s", "10s", "15s"})
        List<@DurationMin(millis = 1, message = POSITIVE) Duration> notFoundBackoff,
    @NotEmpty @DefaultValue({"5s", "10s", "15s", "30s"})
        List<@DurationMin(millis = 1, message = POSITIVE) Duration> serverErrorBackoff,
    @DefaultValue("90s") @DurationMin(millis = 1, message = POSITIVE) Duration doubtWindow,
    @DefaultValue("enforce") HaWatchdog haWatchdog,
    @DefaultValue("10s") @DurationMin(millis = 1, message = POSITIVE) Duration haDeadline,
    @Min(value = 1, message = "must be 1 or more") @DefaultValue("5") int haTripAfter,
    @Valid @DefaultValue M3u8After m3u8After,
    @DefaultValue("60s") @DurationMin(millis = 1, message = POSITIVE) Duration pageReadyWithin,
    @DefaultValue("15s") @DurationMin(millis = 1, message = POSITIVE) Duration pageAliveEvery,
    @Valid @DefaultValue Replacements replacements,
    @NotEmpty @DefaultValue({"0s", "1m", "10m", "1h", "24h"})
        List<@DurationMin(message = "must be 0s or more") Duration> auditPasses,
    @DefaultValue("30s") @DurationMin(message = "must be 0s or more") Duration auditTolerance) {

  private static final String POSITIVE = "must be 1ms or more, such as 50ms, 5s or 2m";

  /// What a missing event 13 leads to.
  public enum HaWatchdog {
    /// Another recorder under the other UID.
    ENFORCE,
    /// A line on the timeline.
    OBSERVE,
    /// Nothing; it is not even looked.
    OFF
  }

  /// @param composite first question in composite mode
  /// @param individual first question in individual mode
  /// @param retry from a first question in vain to the second
  public record M3u8After(
      @DefaultValue("15s") @DurationMin(millis = 1, message = POSITIVE) Duration composite,
      @DefaultValue("60s") @DurationMin(millis = 1, message = POSITIVE) Duration individual,
      @DefaultValue("60s") @DurationMin(millis = 1, message = POSITIVE) Duration retry) {}

  /// @param limit replacements allowed within the time
  /// @param per the time, looking back from now
  public record Replacements(
      @Min(value = 0, message = "must be 0 or more") @DefaultValue("5") int limit,
      @DefaultValue("1h") @DurationMin(millis = 1, message = POSITIVE) Duration per) {}

  public Backoff start() {
    return new Backoff(startBackoff);
  }

  public Backoff startUnfinished() {
    return new Backoff(startUnfinishedBackoff);
  }

  public Backoff verify() {
    return new Backoff(verifyBackoff);
  }

  public Backoff notFound() {
    return new Backoff(notFoundBackoff);
  }

  public Backoff serverError() {
    return new Backoff(serverErrorBackoff);
  }
}
