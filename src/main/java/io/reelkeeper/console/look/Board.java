package io.reelkeeper.console.look;

import io.reelkeeper.session.state.Policy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What is recorded now, and what is wrong.
@Component
public class Board {

  /// Long enough for the morning to see what the night has brought.
  static final Duration LATELY = Duration.ofHours(24);

  /// So many rows of a kind are shown; more are counted, and found by the filters.
  static final int MOST = 200;

  /// The rows behind every number on the board; an operator of more has other trouble.
  private static final int READ = 5_000;

  /// What is looked for; null, or an empty text, is everything.
  ///
  /// @param status also `trouble`
  public record Filter(@Nullable String app, @Nullable String status, @Nullable String channel) {

    public Filter {
      app = blankToNull(app);
      status = blankToNull(status);
      channel = blankToNull(channel);
    }

    private static @Nullable String blankToNull(@Nullable String text) {
      return text == null || text.isBlank() ? null : text.strip();
    }

    public boolean isOfThePast() {
      return "stopped".equals(status) || "failed".equals(status);
    }

    public boolean isOpen() {
      return app == null && status == null && channel == null;
    }
  }

  /// @param troubled what is wrong, the gravest and oldest first
  /// @param well everything else that is asked for, the newest first
  /// @param active recordings that are not over, in trouble or not
  public record Seen(
      Instant at, List<BoardRow> troubled, List<BoardRow> well, long active, long alarms) {

    static Seen of(Instant at, List<BoardRow> rows) {
      List<BoardRow> troubled =
          rows.stream()
              .filter(BoardRow::isInTrouble)
              .sorted(Comparator.comparing(row -> row.troubles().getFirst().weight()))
              .toList();
      List<BoardRow> well = rows.stream().filter(row -> !row.isInTrouble()).toList();
      long active = rows.stream().filter(row -> !OVER.contains(row.status())).count();
      return new Seen(
          at, troubled, well, active, troubled.stream().filter(BoardRow::isAlarming).count());
    }

    private static final Set<String> OVER = Set.of("stopped", "failed");

    public String time() {
      return Ages.time(at);
    }

    public List<BoardRow> shownTroubled() {
      return troubled.subList(0, Math.min(MOST, troubled.size()));
    }

    public List<BoardRow> shownWell() {
      return well.subList(0, Math.min(MOST, well.size()));
    }

    public int hidden() {
      return troubled.size() + well.size() - shownTroubled().size() - shownWell().size();
    }

    /// The state of things in one sentence.
    public String headline() {
      if (active == 0 && troubled.isEmpty()) {
        return "Nothing is being recorded";
      }
      if (troubled.isEmpty()) {
        return active == 1
            ? "The one recording is well"
            : "All %d recordings are well".formatted(active);
      }
      return troubled.size() == 1
          ? "1 recording is in trouble"
          : "%d recordings are in trouble".formatted(troubled.size());
    }

    public String level() {
      return alarms > 0 ? "alarm" : troubled.isEmpty() ? "well" : "warning";
    }
  }

  private final JdbcClient jdbc;
  private final Policy policy;
  private final Clock clock;

  Board(JdbcClient jdbc, Policy policy, Clock clock) {
    this.jdbc = jdbc;
    this.policy = policy;
    this.clock = clock;
  }

  /// @param apps only these, or all when null
  public Seen look(@Nullable Set<String> apps, Filter filter) {
    Instant now = clock.instant();
    List<BoardRow> rows =
        facts(apps, filter, now).stream()
            .map(facts -> BoardRow.of(facts, policy, now))
            .filter(row -> !"trouble".equals(filter.status()) || row.isInTrouble())
            .toList();
    return Seen.of(now, rows);
  }

  private List<BoardRow.Facts> facts(@Nullable Set<String> apps, Filter filter, Instant now) {
    StringBuilder sql = new StringBuilder(SESSIONS);
    List<Object> params = new ArrayList<>();
    params.add(Timestamp.from(now.minus(policy.replacements().per())));
    sql.append(filter.isOfThePast() ? ENDED : OPEN_OR_TROUBLED);
    params.add(Timestamp.from(now.minus(LATELY)));
    if (apps != null) {
      sql.append(" and s.app = any(?::text[])");
      params.add(apps.toArray(String[]::new));
    }
    if (filter.app() != null) {
      sql.append(" and s.app = ?");
      params.add(Objects.requireNonNull(filter.app()));
    }
    if (filter.channel() != null) {
      sql.append(" and position(lower(?) in lower(s.channel)) > 0");
      params.add(Objects.requireNonNull(filter.channel()));
    }
    if (filter.status() != null && !"trouble".equals(filter.status())) {
      sql.append(" and s.status = ?");
      params.add(Objects.requireNonNull(filter.status()));
    }
    sql.append(" order by s.id desc limit ").append(READ);
    return jdbc.sql(sql.toString()).params(params).query((row, _) -> facts(row)).list();
  }

  private static final String SESSIONS =
      """
      select s.id, s.app, s.channel, s.mode, s.slot, s.status, s.reason, s.created_at, s.stopped_at, t.*,
             case when s.status = 'stopping' then
               (select min(at) from signal_history
                 where session_id = s.id and status_after = 'stopping') end as stopping_since,
             coalesce((select a.status from task_audit a
                        where a.session_id = s.id
                          and a.status in ('missing', 'misplaced', 'incomplete', 'unreachable')
                        order by array_position(
                          array['missing', 'misplaced', 'incomplete', 'unreachable'], a.status)
                        limit 1), '') as audit
        from session s
        cross join lateral (
          select count(*) filter (where sid is not null) as recorders,
                 (array_agg(cause order by number desc))[1] as last_cause,
                 max(intended_at) as last_at,
                 max(proven_at) filter (where wanted and status in ('live', 'doubtful')) as proven_at,
                 case when bool_or(wanted and status = 'live') then null
                      else min(doubt_since) filter (where wanted and status = 'doubtful') end
                   as doubt_since,
                 count(*) filter (where status = 'unknown') as unknown,
                 count(*) filter (where cause <> 'requested' and intended_at > ?) as replaced_lately,
                 max(error) filter (where wanted and status <> 'ended') as error
            from task where session_id = s.id) t
      """;

  /// What is over is shown for as long as somebody should look after it.
  private static final String OPEN_OR_TROUBLED =
      """
       where (s.stopped_at is null
          or s.stopped_at > ? and (s.status = 'failed' or exists (
               select from task_audit a where a.session_id = s.id
                and a.status in ('missing', 'misplaced', 'incomplete', 'unreachable'))))
      """;

  private static final String ENDED = " where s.stopped_at > ?";

  private static BoardRow.Facts facts(ResultSet row) throws SQLException {
    return new BoardRow.Facts(
        row.getObject("id", UUID.class),
        row.getString("app"),
        row.getString("channel"),
        row.getString("mode"),
        row.getString("slot"),
        row.getString("status"),
        row.getString("reason"),
        row.getTimestamp("created_at").toInstant(),
        instant(row.getTimestamp("stopping_since")),
        instant(row.getTimestamp("stopped_at")),
        row.getInt("recorders"),
        row.getString("last_cause"),
        instant(row.getTimestamp("last_at")),
        instant(row.getTimestamp("proven_at")),
        instant(row.getTimestamp("doubt_since")),
        row.getInt("unknown"),
        row.getInt("replaced_lately"),
        row.getString("error"),
        row.getString("audit"));
  }

  static @Nullable Instant instant(@Nullable Timestamp at) {
    return at == null ? null : at.toInstant();
  }
}
