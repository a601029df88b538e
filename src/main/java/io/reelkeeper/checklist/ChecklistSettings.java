package io.reelkeeper.checklist;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The limits of each App ID, as configured and checked elsewhere.
@ConfigurationProperties("reelkeeper")
record ChecklistSettings(@DefaultValue Map<String, App> apps) {

  /// @param appId not used here; an App ID without any figure of its own is known by it
  /// @param concurrentWorkers recorders that Agora allows at once (PCW)
  record App(@DefaultValue("") String appId, @DefaultValue("50") int concurrentWorkers) {}
}
