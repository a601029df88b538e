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
    @Valid @DefaultValue Replacements replacements) {

  private static final String POSITIVE = "must be 1ms or more, such as 50ms, 5s or 2m";

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
