package io.reelkeeper.sandbox.recorder;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reelkeeper.sandbox.recorder.Channel.Page;
import io.reelkeeper.sandbox.recorder.Timeline.What;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The script that a recorded page may include: where its address names a `reelkeeper`, it tells
/// that one that it is ready, then again and again that it is alive.
final class Probe {

  private static final String PARAMETER = "reelkeeper=";

  /// As the script waits before it tries again.
  private static final Duration AGAIN = Duration.ofSeconds(2);

  private static final int TAKEN = 204;
  private static final int OVER = 410;

  private final Order order;
  private final State state;
  private final World world;
  private final @Nullable String target;

  Probe(Order order, State state, World world) {
    this.order = order;
    this.state = state;
    this.world = world;
    this.target = target(order.service("web_recorder_service").path("url").asString(""));
  }

  private static @Nullable String target(String url) {
    int mark = url.indexOf('?');
    if (mark < 0) {
      return null;
    }
    return Arrays.stream(url.substring(mark + 1).split("#", 2)[0].split("&"))
        .filter(parameter -> parameter.startsWith(PARAMETER))
        .map(parameter -> URLDecoder.decode(parameter.substring(PARAMETER.length()), UTF_8))
        .filter(address -> address.startsWith("http"))
        .findFirst()
        .orElse(null);
  }

  /// The page has loaded: what was to come of an earlier load does not come any more.
  void loaded(Instant at) {
    state.pageLoads++;
    ready(at);
  }

  /// Whether a step belongs to the page as it was last loaded.
  boolean isCurrent(String load) {
    return load.equals(Integer.toString(state.pageLoads));
  }

  void ready(Instant at) {
    Page page = world.channels().apply(order.cname()).page();
    if (page == Page.NOT_READY || page == Page.NEVER_READY || state.migrating) {
      in(at, AGAIN, What.PROBE_READY);
      return;
    }
    tell(
        "/ready",
        at,
        (status, now) -> {
          if (status == TAKEN) {
            in(now, world.pageAliveEvery(), What.PROBE_ALIVE);
          } else if (status != OVER) {
            in(now, AGAIN, What.PROBE_READY);
          }
        });
  }

  void alive(Instant at) {
    Page page = world.channels().apply(order.cname()).page();
    if (page == Page.SILENT || page == Page.NOT_READY || state.migrating) {
      in(at, world.pageAliveEvery(), What.PROBE_ALIVE);
      return;
    }
    tell(
        "/alive",
        at,
        (status, now) -> {
          if (status != OVER) {
            in(now, world.pageAliveEvery(), What.PROBE_ALIVE);
          }
        });
  }

  private interface Answered {
    void with(int status, Instant now);
  }

  private void tell(String what, Instant at, Answered answered) {
    String address = target;
    if (address != null) {
      world
          .outside()
          .run(
              () -> world.browser().post(address + what),
              (status, now) -> answered.with(status, now),
              at);
    }
  }

  private void in(Instant at, Duration after, What what) {
    if (target != null && state.endedAt == null) {
      String load = Integer.toString(state.pageLoads);
      world.timeline().add(at.plus(after), order.sid(), what, load);
    }
  }
}
