package io.reelkeeper.provider;

import io.reelkeeper.core.Backoff;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/// How long one request to Agora may take, and how much may come back.
///
/// @param connectTimeout a handshake across the world takes well under a second; 3 s is one lost
///     packet and its repeat. Also the longest wait for TLS and for a free connection
/// @param answerTimeout silence after which an answer is given up; Agora's own SDKs wait as long
/// @param stopTimeout the same for stop, which answers after the upload: 20 s by Agora's word
/// @param answerLimit the largest answer ever seen is some 100 KiB; more is not an answer
/// @param concurrentCalls per app: 10 requests a second, each as slow as it may be, with room
/// @param domainRest how long a domain that failed twice in a row is not the first choice: long
///     enough to spare the calls of an outage, short enough to come home soon after it
@Validated
@ConfigurationProperties("reelkeeper.provider")
record ProviderSettings(
    @DurationMin(millis = 1) @DefaultValue("3s") Duration connectTimeout,
    @DurationMin(millis = 1) @DefaultValue("10s") Duration answerTimeout,
    @DurationMin(millis = 1) @DefaultValue("30s") Duration stopTimeout,
    @DefaultValue("1MB") DataSize answerLimit,
    @Min(1) @DefaultValue("256") int concurrentCalls,
    @DurationMin(millis = 1) @DefaultValue("30s") Duration domainRest) {

  /// The pauses between the attempts of one call, as Agora's best practice gives them.
  @Validated
  @ConfigurationProperties("reelkeeper.policy")
  record Patience(
      @NotEmpty @DefaultValue({"1s", "3s", "6s"})
          List<@DurationMin(millis = 1) Duration> requestBackoff) {

    Backoff backoff() {
      return new Backoff(requestBackoff);
    }
  }
}
