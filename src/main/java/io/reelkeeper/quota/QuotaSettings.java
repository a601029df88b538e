package io.reelkeeper.quota;

import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import java.time.Duration;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// What the quota needs to know of `reelkeeper.*`.
///
/// @param apps by alias
@ConfigurationProperties("reelkeeper")
@Validated
record QuotaSettings(
    @DefaultValue Map<String, @Valid App> apps, @DefaultValue @Valid Patience quota) {

  /// One App ID.
  ///
  /// @param appId names the shared row, so that two aliases of one App ID share its pace too
  /// @param requestsPerSecond as Agora grants them; may be fractional
  record App(
      @Nullable String appId,
      @DecimalMax(value = "100000", message = "must be between 0.01 and 100000")
          @DecimalMin(value = "0.01", message = "must be between 0.01 and 100000")
          @DefaultValue("10")
          double requestsPerSecond) {}

  /// How long requests wait for their slot.
  ///
  /// @param commandPatience commands; a caller waits for 60 s at most
  /// @param pollPatience polls; a poll put off costs as much as one made, one that waits a thread
  record Patience(
      @DefaultValue("60s")
          @DurationMax(minutes = 10, message = "must be between 100ms and 10m")
          @DurationMin(millis = 100, message = "must be between 100ms and 10m")
          Duration commandPatience,
      @DefaultValue("2s")
          @DurationMax(minutes = 1, message = "must be between 0s and 1m")
          @DurationMin(message = "must be between 0s and 1m")
          Duration pollPatience) {}
}
