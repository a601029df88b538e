package io.reelkeeper.session.limits;

import io.reelkeeper.core.Mode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/// How many recorders an App ID may have at once (PCW), and whether one more fits.
///
/// Recorders of web pages are another service of Agora than those of channels: the two are counted
/// apart, and those of pages by the size of the page.
///
/// Starts of unknown outcome are not counted: one outage leaves many, for weeks, and hardly any of
/// them runs. Where one does, Agora itself says that no recorder is left.
@Component
public class Workers {

  /// So close to the limit of workers, openings of one App ID are counted one after the other.
  private static final int NEAR_LIMIT = 64;

  /// What there is no room in.
  ///
  /// @param recorders which ones, in words, as in `recorders` or `FHD web page recorders`
  public record Full(int limit, String recorders) {}

  /// One figure of one App ID.
  ///
  /// @param state `limit` and `used` of channels, `web-sd-limit` and so on of pages
  public record Figure(String app, String state, long number) {}

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

  /// What keeps one more recorder from being started, if anything does; holds a lock until the end
  /// of the transaction where the limit may be near.
  ///
  /// @param request the accepted request: the size of a page stands in its member `web`
  public Optional<Full> full(String app, Mode mode, JsonNode request) {
    if (mode == Mode.WEB) {
      lock("web-workers|" + app);
      Map<PageSize, Integer> used = usedForPages(app);
      JsonNode web = request.path("web");
      PageSize size =
          PageSize.of(web.path("videoWidth").asLong(), web.path("videoHeight").asLong());
      used.merge(size, 1, Integer::sum);
      return overfull(app, size, used);
    }
    int limit = settings.app(app).concurrentWorkers();
    if (usedForChannels(app) + NEAR_LIMIT < limit) {
      return Optional.empty();
    }
    lock("workers|" + app);
    return usedForChannels(app) < limit
        ? Optional.empty()
        : Optional.of(new Full(limit, "recorders"));
  }

  /// Each class stays within its own limit. Of several classes in use the lower resolution's limit
  /// holds for all of them together: with SD and HD that of SD, with HD and FHD that of HD. So a
  /// class that is in use limits itself and everything above it.
  private Optional<Full> overfull(String app, PageSize size, Map<PageSize, Integer> used) {
    int own = settings.app(app).webWorkers(size);
    if (used.getOrDefault(size, 0) > own) {
      return Optional.of(new Full(own, size.told() + " web page recorders"));
    }
    return Stream.of(PageSize.values())
        .filter(lower -> lower.compareTo(size) <= 0 && used.getOrDefault(lower, 0) > 0)
        .filter(lower -> together(lower, used) > settings.app(app).webWorkers(lower))
        .findFirst()
        .map(
            lower ->
                new Full(
                    settings.app(app).webWorkers(lower),
                    lower.told() + " and larger web page recorders together"));
  }

  private static int together(PageSize lowest, Map<PageSize, Integer> used) {
    return used.entrySet().stream()
        .filter(it -> it.getKey().compareTo(lowest) >= 0)
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /// Limits and use, counted in the database for all replicas together.
  public List<Figure> figures(String app) {
    Map<PageSize, Integer> pages = usedForPages(app);
    return Stream.concat(
            Stream.of(
                new Figure(app, "limit", settings.app(app).concurrentWorkers()),
                new Figure(app, "used", usedForChannels(app))),
            Stream.of(PageSize.values())
                .flatMap(
                    size ->
                        Stream.of(
                            new Figure(
                                app,
                                "web-" + size.word() + "-limit",
                                settings.app(app).webWorkers(size)),
                            new Figure(
                                app, "web-" + size.word() + "-used", pages.getOrDefault(size, 0)))))
        .toList();
  }

  private int usedForChannels(String app) {
    return jdbc.sql(
            """
            select count(*) from task
             where app = ? and status <> 'ended' and status <> 'unknown' and mode <> 'web'
            """)
        .param(app)
        .query(Integer.class)
        .single();
  }

  private Map<PageSize, Integer> usedForPages(String app) {
    Map<PageSize, Integer> used = new EnumMap<>(PageSize.class);
    jdbc.sql(
            """
            select (request #>> '{web,videoWidth}')::bigint as width,
                   (request #>> '{web,videoHeight}')::bigint as height, count(*) as number
              from task join session on session.id = task.session_id
             where task.app = ? and task.mode = 'web'
               and task.status <> 'ended' and task.status <> 'unknown'
             group by 1, 2
            """)
        .param(app)
        .query(
            row -> {
              PageSize size = PageSize.of(row.getLong("width"), row.getLong("height"));
              used.merge(size, row.getInt("number"), Integer::sum);
            });
    return used;
  }

  private void lock(String name) {
    jdbc.sql("select 1 from (select pg_advisory_xact_lock(hashtextextended(?, 0))) as locked")
        .param(name)
        .query(Integer.class)
        .single();
  }
}
