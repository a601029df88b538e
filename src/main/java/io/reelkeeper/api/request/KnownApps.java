package io.reelkeeper.api.request;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Which apps there are; what else belongs to an app concerns those who call Agora.
@ConfigurationProperties("reelkeeper")
record KnownApps(@DefaultValue Map<String, App> apps) {

  record App(@Nullable String appId, @Nullable String appCertificate) {

    @Override
    public String toString() {
      return "App[" + appId + "]";
    }
  }

  /// Whether this service mints the tokens for recorders of this app.
  boolean mintsTokens(String alias) {
    App app = apps.get(alias);
    return app != null && app.appCertificate != null;
  }

  boolean has(String alias) {
    return apps.containsKey(alias);
  }
}
