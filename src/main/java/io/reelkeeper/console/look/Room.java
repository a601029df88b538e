package io.reelkeeper.console.look;

import io.reelkeeper.checklist.QuotaView;
import io.reelkeeper.checklist.Quotas;
import io.reelkeeper.checklist.Watchdog;
import io.reelkeeper.session.limits.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// How much room each App ID has.
@Component
public class Room {

  /// A share of the limit from which on there is hardly any.
  private static final double TIGHT = 0.85;

  /// @param watchdog what is wrong with the watchdog, or null
  /// @param slowed until when Agora's 429 slows this App ID, or null
  public record AppRoom(
      String app, List<Gauge> gauges, @Nullable String watchdog, @Nullable String slowed) {

    public boolean isTight() {
      return watchdog != null || slowed != null || gauges.stream().anyMatch(Gauge::isTight);
    }
  }

  /// One figure against its limit, in percent of the limit for the picture.
  public record Gauge(String name, String says, double used, double forecast) {

    static Gauge of(String name, double used, double forecast, double limit, String unit) {
      String ahead =
          Math.abs(forecast - used) < 0.05 ? "" : ", %s foreseen".formatted(figure(forecast));
      return new Gauge(
          name,
          "%s of %s %s%s".formatted(figure(used), figure(limit), unit, ahead),
          percent(used, limit),
          percent(forecast, limit));
    }

    private static double percent(double value, double limit) {
      return limit <= 0 ? 100 : Math.min(100, Math.round(value / limit * 1000) / 10.0);
    }

    private static String figure(double value) {
      return value == Math.rint(value)
          ? String.valueOf((long) value)
          : String.format(Locale.ROOT, "%.1f", value);
    }

    public boolean isTight() {
      return Math.max(used, forecast) >= TIGHT * 100;
    }
  }

  private final Quotas quotas;
  private final Workers workers;

  Room(Quotas quotas, Workers workers) {
    this.quotas = quotas;
    this.workers = workers;
  }

  /// The aliases that an operator may see, in order.
  public List<String> apps(Predicate<String> visible) {
    return new TreeSet<>(workers.apps()).stream().filter(visible).toList();
  }

  public List<AppRoom> of(List<String> apps) {
    return apps.stream().flatMap(app -> quotas.of(app).stream()).map(Room::room).toList();
  }

  private static AppRoom room(QuotaView view) {
    List<Gauge> gauges = new ArrayList<>();
    QuotaView.Requests requests = view.requestsPerSecond();
    gauges.add(
        Gauge.of(
            "Requests", requests.inUse(), requests.forecast(), requests.limit(), "per second"));
    QuotaView.Workers channels = view.workers();
    gauges.add(
        Gauge.of(
            "Workers", channels.inUse(), channels.forecast(), channels.limit(), "for channels"));
    view.webWorkers()
        .forEach(
            (size, pages) -> {
              if (pages.inUse() > 0) {
                gauges.add(
                    Gauge.of(
                        "Workers " + size.toUpperCase(Locale.ROOT),
                        pages.inUse(),
                        pages.inUse(),
                        pages.limit(),
                        "for pages"));
              }
            });
    return new AppRoom(
        view.app(),
        gauges,
        watchdog(view.watchdog()),
        requests.slowedUntil() == null
            ? null
            : "Agora answered 429; half the pace until " + Ages.time(requests.slowedUntil()));
  }

  private static @Nullable String watchdog(Watchdog watchdog) {
    if (watchdog.trippedAt() == null) {
      return null;
    }
    String why =
        "no-notifications".equals(watchdog.trippedBy())
            ? "no notification of this App ID arrives"
            : "event 13 arrives for no recorder";
    return "The watchdog gave up at %s: %s".formatted(Ages.full(watchdog.trippedAt()), why);
  }
}
