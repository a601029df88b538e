package io.reelkeeper.quota;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Makes quotas without an application context; each stands for a replica.
public final class Quotas {

  private Quotas() {}

  /// A quota that knows one App ID.
  public static Quota of(DataSource dataSource, String app, double requestsPerSecond) {
    return of(dataSource, app, requestsPerSecond, Duration.ofSeconds(60));
  }

  static Quota of(
      DataSource dataSource, String app, double requestsPerSecond, Duration commandPatience) {
    return new Quota(
        JdbcClient.create(dataSource),
        new QuotaSettings(
            Map.of(app, new QuotaSettings.App(null, requestsPerSecond)),
            new QuotaSettings.Patience(commandPatience, Duration.ofMillis(500))),
        new SimpleMeterRegistry());
  }
}
