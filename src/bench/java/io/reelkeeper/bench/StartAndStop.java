package io.reelkeeper.bench;

import static io.reelkeeper.bench.ground.Table.Goal.atMost;

import io.reelkeeper.bench.ground.Database;
import io.reelkeeper.bench.ground.Ground;
import io.reelkeeper.bench.ground.Load;
import io.reelkeeper.bench.ground.Service;
import io.reelkeeper.bench.ground.Setting;
import io.reelkeeper.bench.ground.Waits;
import io.reelkeeper.sandbox.Faults.NoticeFault;
import io.reelkeeper.sandbox.Sandbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/// What a start and a stop cost beside Agora, what live sessions cost in memory, and what watching
/// them asks of the database.
final class StartAndStop implements Phase {

  private static final int CONCURRENCY = 8;

  /// The interval of the monitor: each recording is asked once.
  private static final Duration POLLING = Duration.ofMinutes(2);

  /// One run of the phase.
  private static final class Run {
    private final Ground ground;
    private final Database database;
    private final Service service;
    private final Sandbox sandbox;

    /// Until the compilers of both JVMs have nothing left to do.
    private final int warmUp;

    /// Ten of them are above the 99th percentile.
    private final int measured;

    private final int alone;
    private final int live;
    private int channels;

    Run(Ground ground, Database database, Service service, Sandbox sandbox) {
      this.ground = ground;
      this.database = database;
      this.service = service;
      this.sandbox = sandbox;
      this.warmUp = ground.scaled(1_500);
      this.measured = ground.scaled(1_000);
      this.alone = ground.scaled(200);
      this.live = ground.scaled(2_000);
    }

    void run() throws Exception {
      warm();
      List<UUID> sessions = new ArrayList<>();
      sandbox.faults().notices(NoticeFault.LOSE);
      sessions.addAll(starts("start, 8 clients", CONCURRENCY, measured));
      sessions.addAll(starts("start, 1 client", 1, alone));
      sandbox.faults().reset();
      sessions.addAll(
          starts("start, 8 clients, notices coming in", CONCURRENCY, live - sessions.size()));
      heap();
      sandbox.faults().notices(NoticeFault.LOSE);
      polling();
      stops(sessions.subList(0, measured));
    }

    private void warm() throws Exception {
      ground.log().info("warming up");
      Load load = Load.of(CONCURRENCY, channels(warmUp), service::starts);
      settle(warmUp);
      Load.of(CONCURRENCY, load.sessions(), service::stops);
      settle(0);
    }

    private List<UUID> starts(String what, int clients, int count) throws Exception {
      ground.log().info("{}: {} times", what, count);
      Duration cpuBefore = service.cpu();
      database.countAnew();
      Load starts = Load.of(clients, channels(count), service::starts);
      Duration cpu = service.cpu().minus(cpuBefore);
      double statements = database.statements();
      double transactions = database.transactions();
      database.tell(ground.file(what + ".txt"));
      Load overhead = starts.without(providerTook("start", channels, "acquire", "start"));
      ground
          .table()
          .row(what + ": above the provider's time, p50", overhead.median(), "ms", atMost(5));
      ground
          .table()
          .row(
              what + ": above the provider's time, p99", overhead.percentile(99), "ms", atMost(15));
      ground.table().row("  the whole, p50", starts.median(), "ms");
      ground.table().row("  starts per second", starts.perSecond(), "/s");
      ground
          .table()
          .row("  processor time of the service for each", (double) cpu.toMillis() / count, "ms");
      ground.table().row("  SQL statements for each", statements / count, "");
      ground
          .table()
          .row("  writing transactions of several statements for each", transactions / count, "");
      settle(channels - warmUp);
      return starts.sessions();
    }

    private void stops(List<UUID> sessions) throws Exception {
      ground.log().info("stopping {} recordings", sessions.size());
      Load stops = Load.of(CONCURRENCY, sessions, service::stops);
      Load overhead = stops.without(providerTook("stop", warmUp + sessions.size(), "stop"));
      ground
          .table()
          .row("stop, 8 clients: above the provider's time, p50", overhead.median(), "ms");
      ground
          .table()
          .row("stop, 8 clients: above the provider's time, p99", overhead.percentile(99), "ms");
    }

    private void heap() throws Exception {
      double megabytes = service.heap() / (1 << 20);
      ground
          .table()
          .row(
              "heap with %,d live sessions, after a full collection".formatted(live),
              megabytes,
              "MB",
              atMost(256));
    }

    private void polling() throws Exception {
      Duration polling = ground.scaled(POLLING);
      ground.log().info("watching the monitor for {}", polling);
      int before = database.calls("query");
      database.countAnew();
      Waits.pass(polling);
      double looks = database.looks();
      double statements = database.statements() - looks;
      int queries = database.calls("query") - before;
      database.tell(ground.file("polling.txt"));
      ground
          .table()
          .row("SQL statements for each query of the monitor", statements / queries, "", atMost(3));
      ground
          .table()
          .row(
              "  looks of the database watch, not counted, per second",
              looks / polling.toSeconds(),
              "");
      ground.table().row("  queries per second", queries / (double) polling.toSeconds(), "");
    }

    /// Waits until so many recordings are known to be live and nothing is left to be told.
    private void settle(int live) {
      Waits.until(
          Duration.ofMinutes(3),
          live + " live recordings",
          () -> database.live() == live && database.untold() == 0);
    }

    private Map<UUID, Double> providerTook(String last, int calls, String... operations) {
      Waits.until(
          Duration.ofSeconds(10),
          "the journal of " + calls + " calls",
          () -> database.calls(last) >= calls);
      return database.providerTook(List.of(operations));
    }

    private List<String> channels(int count) {
      return IntStream.range(0, count).mapToObj(_ -> "room-" + ++channels).toList();
    }
  }

  @Override
  public void measure(Ground ground) throws Exception {
    Service service = ground.service("start-and-stop");
    try (Database database = ground.postgres().database("starts");
        service;
        Sandbox sandbox = ground.sandbox(service.uri(), 10_000)) {
      service.start(ground.launch(256), Setting.unpaced(database.url(), sandbox.domains()));
      new Run(ground, database, service, sandbox).run();
    }
  }
}
