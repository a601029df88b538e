package io.reelkeeper.console;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Tells open pages when to look again. What they may see then is decided by that request alone, so
/// that no line of this kind knows anything worth listening to.
@Controller
class Live implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Live.class);

  /// Soon enough for people.
  private static final Duration BEAT = Duration.ofSeconds(1);

  /// Ages grow without any event; so many beats make a page look again.
  private static final long REFRESH = 10;

  /// After so many beats the browser comes again, and its login is looked at again.
  private static final long LIFE = 300;

  /// More open pages than anybody needs: those beyond ask by themselves, from time to time.
  private static final int MOST = 200;

  private final JdbcClient jdbc;
  private final Scheduler threads;
  private final AtomicInteger open = new AtomicInteger();
  private volatile boolean running;

  Live(JdbcClient jdbc) {
    this.jdbc = jdbc;
    this.threads =
        Schedulers.fromExecutor(task -> Thread.ofVirtual().name("console-live").start(task));
  }

  @GetMapping(path = "/console/live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  ResponseEntity<Flux<ServerSentEvent<String>>> live() {
    if (open.get() >= MOST) {
      return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).build();
    }
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        .header("X-Accel-Buffering", "no")
        .body(Flux.defer(this::beats));
  }

  private Flux<ServerSentEvent<String>> beats() {
    open.incrementAndGet();
    var youngest = new AtomicLong(-1);
    return Flux.interval(Duration.ZERO, BEAT)
        .onBackpressureDrop()
        .take(LIFE)
        .takeWhile(_ -> running)
        .concatMap(beat -> Mono.fromCallable(() -> told(beat, youngest)).subscribeOn(threads), 1)
        .filter(event -> !event.isEmpty())
        .map(event -> ServerSentEvent.builder("").event(event).build())
        .doFinally(_ -> open.decrementAndGet());
  }

  /// The name of what to tell, empty for nothing.
  private String told(long beat, AtomicLong youngest) {
    try {
      long now = jdbc.sql("select coalesce(max(id), 0) from outbox").query(Long.class).single();
      return youngest.getAndSet(now) != now || beat % REFRESH == 0 ? "changed" : "";
    } catch (RuntimeException e) {
      log.debug("open pages cannot be told of changes", e);
      return "outage";
    }
  }

  @Override
  public void start() {
    running = true;
  }

  /// Lines end before the server waits for requests that are under way: they never would.
  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return DEFAULT_PHASE;
  }
}
