package io.reelkeeper.session.limits;

import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// How many recorders an App ID may have at once (PCW), and whether one more fits.
@Component
public class Workers {

  /// So close to the limit of workers, openings of one App ID are counted one after the other.
  private static final int NEAR_LIMIT = 64;

  private final JdbcClient jdbc;
  private final LimitSettings settings;

  Workers(JdbcClient jdbc, LimitSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  /// The aliases of all App IDs.
  public Set<String> apps() {
    return settings.apps().keySet();
  }

  public int limit(String app) {
    return settings.app(app).concurrentWorkers();
  }

  /// Whether one more recorder fits into the App ID's limit; holds a lock until the end of the
  /// transaction where the limit is near.
  public boolean free(String app) {
    int limit = limit(app);
    if (used(app) + NEAR_LIMIT < limit) {
      return true;
    }
    jdbc.sql("select 1 from (select pg_advisory_xact_lock(hashtextextended(?, 0))) as locked")
        .param("workers|" + app)
        .query(Integer.class)
        .single();
    return used(app) < limit;
  }

  /// Starts of unknown outcome are not counted: one outage leaves many, for weeks, and hardly any
  /// of them runs. Where one does, Agora itself says that no recorder is left.
  private int used(String app) {
    return jdbc.sql(
            "select count(*) from task where app = ? and status <> 'ended' and status <> 'unknown'")
        .param(app)
        .query(Integer.class)
        .single();
  }
}
