package io.reelkeeper.checklist;

import io.reelkeeper.session.limits.PageSize;
import io.reelkeeper.session.limits.Workers.Figure;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What an App ID may use at Agora, uses, and will need.
///
/// @param webWorkers recorders of web pages by the size of the page: `sd`, `hd`, `fhd`
public record QuotaView(
    String app,
    Requests requestsPerSecond,
    Workers workers,
    Map<String, WebWorkers> webWorkers,
    Watchdog watchdog) {

  /// @param limit as configured
  /// @param inUse requests per second over the last minute, of all replicas together
  /// @param forecast what asking all running recordings at the regular interval takes
  /// @param slowedUntil half the pace until then, because Agora answered 429; null if not slowed
  public record Requests(
      double limit, double inUse, double forecast, @Nullable Instant slowedUntil) {}

  /// @param limit recorders of channels that Agora allows at once
  /// @param inUse recorders that run, as far as is known
  /// @param forecast those and the starts on their way
  /// @param unknown starts whose outcome is not known; they may run too
  public record Workers(int limit, int inUse, int forecast, int unknown) {}

  /// @param limit recorders of pages of this size that Agora allows at once; those of a size and
  ///     larger ones together have the limit of that size
  /// @param inUse those that run or are on their way
  public record WebWorkers(long limit, long inUse) {}

  static Map<String, WebWorkers> webWorkers(List<Figure> figures) {
    Map<String, Long> numbers =
        figures.stream().collect(Collectors.toMap(Figure::state, Figure::number));
    Map<String, WebWorkers> sizes = new LinkedHashMap<>();
    for (PageSize size : PageSize.values()) {
      String state = "web-" + size.word();
      sizes.put(
          size.word(),
          new WebWorkers(
              numbers.getOrDefault(state + "-limit", 0L),
              numbers.getOrDefault(state + "-used", 0L)));
    }
    return sizes;
  }
}
