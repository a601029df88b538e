package io.reelkeeper.console.look;

import io.reelkeeper.audit.Finding;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// What the audits of buckets have found, the youngest first.
@Component
public class Findings {

  public static final int MOST = 100;

  /// @param says what is wrong, a line for each finding
  /// @param next whether it is looked for again
  public record Row(
      UUID id,
      String app,
      String channel,
      String profile,
      int task,
      String status,
      String checked,
      String next,
      List<String> says) {}

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Clock clock;

  Findings(JdbcClient jdbc, JsonMapper json, Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
  }

  /// @param apps only these, or all when null
  public List<Row> of(@Nullable Set<String> apps) {
    Instant now = clock.instant();
    List<Object> params = new ArrayList<>();
    if (apps != null) {
      params.add(apps.toArray(String[]::new));
    }
    params.add(MOST);
    return jdbc.sql(
            """
            select a.session_id, s.app, s.channel, s.storage_profile, a.number, a.status, a.settled,
                   a.checked_at, a.findings
              from task_audit a join session s on s.id = a.session_id
             where a.status in ('missing', 'misplaced', 'incomplete', 'unreachable')
               %s
             order by a.touched_at desc limit ?
            """
                .formatted(apps == null ? "" : "and s.app = any(?::text[])"))
        .params(params)
        .query((row, _) -> row(row, now))
        .list();
  }

  private Row row(ResultSet row, Instant now) throws SQLException {
    Instant checked = Board.instant(row.getTimestamp("checked_at"));
    return new Row(
        row.getObject("session_id", UUID.class),
        row.getString("app"),
        row.getString("channel"),
        row.getString("storage_profile"),
        row.getInt("number"),
        row.getString("status"),
        checked == null ? "never" : Ages.since(checked, now) + " ago",
        row.getBoolean("settled") ? "settled" : "looked for again",
        List.of(json.readValue(row.getString("findings"), Finding[].class)).stream()
            .map(Findings::inWords)
            .toList());
  }

  private static String inWords(Finding finding) {
    return finding.kind().replace('-', ' ')
        + ": "
        + finding.detail()
        + (finding.file() == null ? "" : " (" + finding.file() + ")")
        + (finding.profile() == null ? "" : ", storage profile " + finding.profile());
  }
}
