package io.reelkeeper.session;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// What sessions need to know of each App ID, and the key for the secrets inside of them.
///
/// @param encryptionKey base64 of 32 bytes; absent: requests that carry secrets are refused
@Validated
@ConfigurationProperties("reelkeeper")
record SessionSettings(
    @DefaultValue Map<String, @Valid App> apps,
    @Pattern(
            regexp = "[A-Za-z0-9+/]{43}=",
            message = "must be the base64 of 32 bytes; make one with: openssl rand -base64 32")
        @Nullable String encryptionKey) {

  /// @param appId not used here; an App ID without any figure of its own is known by it
  /// @param recorderUids first and last UID kept for recorders, both included
  /// @param concurrentWorkers recorders that Agora allows at once (PCW)
  record App(
      @DefaultValue("") String appId,
      @DefaultValue("4000000000-4000999999") UidBlock recorderUids,
      @Min(value = 1, message = "must be 1 or more") @DefaultValue("50") int concurrentWorkers) {

    long first() {
      return recorderUids.first();
    }

    long size() {
      return recorderUids.last() - recorderUids.first() + 1;
    }
  }

  /// Written as `<first>-<last>`.
  record UidBlock(long first, long last) {

    /// Fewer could not give every recorder of a busy App ID a UID of its own.
    private static final long LEAST = 100;

    private static final long GREATEST_UID = 4294967295L;

    /// Found by the binding of settings.
    public static UidBlock valueOf(String text) {
      if (!text.strip().matches("[1-9]\\d{0,9}-[1-9]\\d{0,9}")) {
        throw new IllegalArgumentException("must be <first>-<last>, such as 4000000000-4000999999");
      }
      String[] ends = text.strip().split("-", 2);
      var block = new UidBlock(Long.parseLong(ends[0]), Long.parseLong(ends[1]));
      if (block.last - block.first + 1 < LEAST || block.last > GREATEST_UID) {
        throw new IllegalArgumentException("must hold 100 UIDs or more, none above 4294967295");
      }
      return block;
    }
  }

  @Override
  public String toString() {
    return "SessionSettings[apps=" + apps + "]";
  }

  App app(String alias) {
    App app = apps.get(alias);
    if (app == null) {
      throw new IllegalArgumentException("no App ID is configured as " + alias);
    }
    return app;
  }
}
