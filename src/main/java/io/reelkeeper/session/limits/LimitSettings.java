package io.reelkeeper.session.limits;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// What each App ID has for recorders.
@Validated
@ConfigurationProperties("reelkeeper")
record LimitSettings(@DefaultValue Map<String, @Valid App> apps) {

  /// @param appId not used here; an App ID without any figure of its own is known by it
  /// @param recorderUids first and last UID kept for recorders, both included
  /// @param concurrentWorkers recorders of channels that Agora allows at once (PCW)
  /// @param webWorkers recorders of web pages that Agora allows at once, by the size of the page
  record App(
      @DefaultValue("") String appId,
      @DefaultValue("4000000000-4000999999") UidBlock recorderUids,
      @Min(value = 1, message = "must be 1 or more") @DefaultValue("50") int concurrentWorkers,
      @Valid @DefaultValue WebWorkers webWorkers,
      @DefaultValue Domains domains) {

    int webWorkers(PageSize size) {
      return webWorkers.of(size, domains.location);
    }

    long first() {
      return recorderUids.first();
    }

    long size() {
      return recorderUids.last() - recorderUids.first() + 1;
    }
  }

  /// What is not given comes from Agora's table, by the place that the service runs in.
  record WebWorkers(
      @Min(value = 0, message = "must be 0 or more") @Nullable Integer sd,
      @Min(value = 0, message = "must be 0 or more") @Nullable Integer hd,
      @Min(value = 0, message = "must be 0 or more") @Nullable Integer fhd) {

    /// Mainland China, America, and Asia without it.
    private static final Map<PageSize, Integer> MOST_REGIONS =
        Map.of(PageSize.SD, 100, PageSize.HD, 50, PageSize.FHD, 30);

    private static final Map<PageSize, Integer> EUROPE =
        Map.of(PageSize.SD, 50, PageSize.HD, 30, PageSize.FHD, 10);

    private int of(PageSize size, @Nullable String location) {
      Integer given =
          switch (size) {
            case SD -> sd;
            case HD -> hd;
            case FHD -> fhd;
          };
      // where the place is not told, the smallest: Agora refuses what is beyond the real limit
      boolean europe = location == null || location.startsWith("eu-");
      return given != null ? given : (europe ? EUROPE : MOST_REGIONS).getOrDefault(size, 0);
    }
  }

  /// @param location the only one of an App ID's domains that says where it is
  record Domains(@Nullable String location) {}

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

  App app(String alias) {
    App app = apps.get(alias);
    if (app == null) {
      throw new IllegalArgumentException("no App ID is configured as " + alias);
    }
    return app;
  }
}
