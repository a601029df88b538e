package io.reelkeeper.console.login;

import jakarta.validation.Valid;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// How the console is opened.
///
/// @param encryptionKey seals the cookies, and is checked where the secrets of sessions are sealed;
///     without it nobody can log in
@Validated
@ConfigurationProperties("reelkeeper")
record LoginSettings(@Nullable String encryptionKey, @Valid @DefaultValue Console console) {

  /// @param loginFor how long a login lasts; a shift and the talk after it
  record Console(
      @DefaultValue("10h")
          @DurationMin(minutes = 1, message = "must be 1m or more")
          @DurationMax(days = 7, message = "must be 7d or less")
          Duration loginFor) {}

  @Override
  public String toString() {
    return "LoginSettings[" + console + "]";
  }
}
