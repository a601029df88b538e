package io.reelkeeper.api.request;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Which apps there are; what else belongs to an app concerns those who call Agora.
@ConfigurationProperties("reelkeeper")
record KnownApps(@DefaultValue Map<String, App> apps) {

  record App(@Nullable String appId) {}

  boolean has(String alias) {
    return apps.containsKey(alias);
  }
}
