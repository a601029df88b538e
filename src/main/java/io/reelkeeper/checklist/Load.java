package io.reelkeeper.checklist;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The recorders of an App ID, counted in the database for all replicas together.
@Component
class Load {

  /// @param running have a sid, and their end is not proven
  /// @param starting are on their way to one
  /// @param unknown starts whose outcome is not known
  record Recorders(int running, int starting, int unknown) {}

  private final JdbcClient jdbc;

  Load(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Recorders of(String app) {
    return counted(app, "");
  }

  /// Without those of web pages, which have limits of their own.
  Recorders ofChannels(String app) {
    return counted(app, "web");
  }

  private Recorders counted(String app, String without) {
    return jdbc.sql(
            """
            select count(*) filter (where status in ('unconfirmed', 'live', 'doubtful')) as running,
                   count(*) filter (where status = 'intended') as starting,
                   count(*) filter (where status = 'unknown') as unknown
              from task where app = ? and status <> 'ended' and mode <> ?
            """)
        .param(app)
        .param(without)
        .query(
            (row, _) ->
                new Recorders(row.getInt("running"), row.getInt("starting"), row.getInt("unknown")))
        .single();
  }
}
