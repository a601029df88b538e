package io.reelkeeper.vitals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Which apps there are, and which of them expect notifications; checked elsewhere.
@ConfigurationProperties("reelkeeper")
record VitalsSettings(@DefaultValue Map<String, App> apps) {

  /// @param appId not used here; an App ID without any figure of its own is known by it
  record App(@DefaultValue("") String appId, @DefaultValue List<String> webhookSecret) {

    @Override
    public String toString() {
      return "App[" + appId + "]";
    }
  }

  Set<String> listening() {
    return apps.entrySet().stream()
        .filter(app -> !app.getValue().webhookSecret.isEmpty())
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
