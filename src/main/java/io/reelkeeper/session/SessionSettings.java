package io.reelkeeper.session;

import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/// The key for the secrets inside of sessions.
///
/// @param encryptionKey base64 of 32 bytes; absent: requests that carry secrets are refused
@Validated
@ConfigurationProperties("reelkeeper")
record SessionSettings(
    @Pattern(
            regexp = "[A-Za-z0-9+/]{43}=",
            message = "must be the base64 of 32 bytes; make one with: openssl rand -base64 32")
        @Nullable String encryptionKey) {

  @Override
  public String toString() {
    return "SessionSettings[]";
  }
}
