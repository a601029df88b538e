package io.reelkeeper.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.reelkeeper.sandbox.Faults.NoticeFault;
import io.reelkeeper.sandbox.Sandbox;
import io.reelkeeper.sandbox.SandboxSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.slf4j.LoggerFactory;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/// Measures everything in one run, and prints one table.
///
/// It fails when something does not work, never because something is slow.
final class Bench {

  private static final Logger LOG = (Logger) LoggerFactory.getLogger(Bench.class);

  private static final int CONCURRENCY = 8;

  /// Until the compilers of both JVMs have nothing left to do.
  private static final int WARM_UP = 1_500;

  /// Ten of them are above the 99th percentile.
  private static final int MEASURED = 1_000;

  private static final int ALONE = 200;
  private static final int LIVE = 2_000;

  /// The interval of the monitor: each recording is asked once.
  private static final Duration POLLING = Duration.ofMinutes(2);

  private final Path directory;
  private final Database database;
  private final Service service;
  private final Sandbox sandbox;
  private final Table table = new Table();
  private int channels;

  private Bench(Path directory, Database database, Service service, Sandbox sandbox) {
    this.directory = directory;
    this.database = database;
    this.service = service;
    this.sandbox = sandbox;
  }

  /// @param arguments the service's jar, an empty directory, and options for the service's JVM
  public static void main(String[] arguments) throws Exception {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.INFO);
    Path jar = Path.of(arguments[0]);
    Path directory = Files.createDirectories(Path.of(arguments[1]));
    List<String> options = List.of(arguments).subList(2, arguments.length);
    try (Database database = new Database(directory.resolve("postgres"));
        Service service = new Service(directory.resolve("service.log"));
        Sandbox sandbox = sandbox(service.uri())) {
      sandbox.start();
      service.start(jar, options, database.url(), sandbox.domains());
      LOG.info("{}", new Bench(directory, database, service, sandbox).run());
    }
  }

  /// An Agora without latency, limits and files; it sends its notices as ever.
  private static Sandbox sandbox(URI webhooks) {
    SandboxSettings usual = SandboxSettings.onFreePorts();
    var settings =
        new SandboxSettings(
            true,
            usual.host(),
            usual.ports(),
            webhooks,
            null,
            0,
            null,
            false,
            Duration.ZERO,
            Duration.ofHours(1), // no slice ends in a run
            DataSize.ofKilobytes(1),
            true,
            usual.noticeTimeout(),
            usual.stopTimeout());
    var app =
        new SandboxSettings.App(
            Service.APP_ID,
            Service.CUSTOMER,
            Service.CUSTOMER,
            Service.WEBHOOK_SECRET,
            null,
            10_000,
            100_000);
    return new Sandbox(
        settings,
        Map.of("classroom", app),
        InstantSource.system().withZone(ZoneOffset.UTC),
        new SplittableRandom());
  }

  private String run() throws Exception {
    yardsticks();
    warmUp();
    List<UUID> sessions = new ArrayList<>();
    sandbox.faults().notices(NoticeFault.LOSE);
    sessions.addAll(starts("start, 8 clients", CONCURRENCY, MEASURED));
    sessions.addAll(starts("start, 1 client", 1, ALONE));
    sandbox.faults().reset();
    sessions.addAll(
        starts("start, 8 clients, notices coming in", CONCURRENCY, LIVE - sessions.size()));
    heap();
    sandbox.faults().notices(NoticeFault.LOSE);
    polling();
    stops(sessions.subList(0, MEASURED));
    return table.toString();
  }

  private void yardsticks() throws Exception {
    LOG.info("measuring the machine");
    var committing = ThreadLocal.withInitial(database::inserts);
    Load commits =
        measured(
            IntStream.range(0, MEASURED).boxed().toList(),
            number -> {
              committing.get().run();
              return new UUID(0, number);
            });
    table.commit(commits.median());
    table.row("commit of one row, 8 clients, p50", commits.median(), "ms");
    table.row("commit of one row, 8 clients, p99", commits.percentile(99), "ms");
    table.row("  of these per second", commits.perSecond(), "");
    DisposableServer bare = bareHandler();
    try {
      URI uri = URI.create("http://127.0.0.1:" + bare.port() + "/");
      Load posts =
          measured(
              IntStream.range(0, MEASURED).boxed().toList(),
              number -> {
                service.post(uri, "{\"channel\": \"room\"}", 200);
                return new UUID(0, number);
              });
      table.row("POST to a bare WebFlux handler, 8 clients, p50", posts.median(), "ms");
      table.row("POST to a bare WebFlux handler, 8 clients, p99", posts.percentile(99), "ms");
      table.row("  of these per second", posts.perSecond(), "");
    } finally {
      bare.disposeNow();
    }
  }

  private static DisposableServer bareHandler() {
    var route =
        RouterFunctions.route()
            .POST(
                "/",
                request -> request.bodyToMono(String.class).flatMap(ServerResponse.ok()::bodyValue))
            .build();
    return HttpServer.create()
        .port(0)
        .handle(new ReactorHttpHandlerAdapter(RouterFunctions.toHttpHandler(route)))
        .bindNow();
  }

  /// The second of two equal loads: the first one is for the compilers.
  private static <T> Load measured(List<T> work, Load.Step<T> step) throws Exception {
    Load.of(CONCURRENCY, work, step);
    return Load.of(CONCURRENCY, work, step);
  }

  private void warmUp() throws Exception {
    LOG.info("warming up");
    Load warmUp = Load.of(CONCURRENCY, channels(WARM_UP), service::starts);
    settle(WARM_UP);
    Load.of(CONCURRENCY, warmUp.sessions(), service::stops);
    settle(0);
  }

  private List<UUID> starts(String what, int clients, int count) throws Exception {
    LOG.info("{}: {} times", what, count);
    Duration cpuBefore = service.cpu();
    database.countAnew();
    Load starts = Load.of(clients, channels(count), service::starts);
    Duration cpu = service.cpu().minus(cpuBefore);
    double statements = database.statements();
    double transactions = database.transactions();
    database.tell(directory.resolve(what + ".txt"));
    Load overhead = starts.without(providerTook("start", channels, "acquire", "start"));
    table.row(what + ": above the provider's time, p50", overhead.median(), "ms", 5);
    table.row(what + ": above the provider's time, p99", overhead.percentile(99), "ms", 15);
    table.row("  the whole, p50", starts.median(), "ms");
    table.row("  starts per second", starts.perSecond(), "");
    table.row("  processor time of the service for each", (double) cpu.toMillis() / count, "ms");
    table.row("  SQL statements for each", statements / count, "");
    table.row("  writing transactions of several statements for each", transactions / count, "");
    settle(channels - WARM_UP);
    return starts.sessions();
  }

  private void stops(List<UUID> sessions) throws Exception {
    LOG.info("stopping {} recordings", sessions.size());
    Load stops = Load.of(CONCURRENCY, sessions, service::stops);
    Load overhead = stops.without(providerTook("stop", WARM_UP + sessions.size(), "stop"));
    table.row("stop, 8 clients: above the provider's time, p50", overhead.median(), "ms");
    table.row("stop, 8 clients: above the provider's time, p99", overhead.percentile(99), "ms");
  }

  private void heap() throws Exception {
    double megabytes = service.heap() / (1 << 20);
    table.row("heap with 2,000 live sessions, after a full collection", megabytes, "MB", 256);
  }

  private void polling() throws Exception {
    LOG.info("watching the monitor for {}", POLLING);
    int before = database.calls("query");
    database.countAnew();
    LockSupport.parkNanos(POLLING.toNanos());
    double looks = database.looks();
    double statements = database.statements() - looks;
    int queries = database.calls("query") - before;
    database.tell(directory.resolve("polling.txt"));
    table.row("SQL statements for each query of the monitor", statements / queries, "", 3);
    table.row(
        "  looks of the database watch, not counted, per second", looks / POLLING.toSeconds(), "");
    table.row("  queries per second", queries / (double) POLLING.toSeconds(), "");
  }

  /// Waits until so many recordings are known to be live and nothing is left to be told.
  private void settle(int live) {
    await(
        Duration.ofMinutes(3),
        live + " live recordings",
        () -> database.live() == live && database.untold() == 0);
  }

  private Map<UUID, Double> providerTook(String last, int calls, String... operations) {
    await(
        Duration.ofSeconds(10),
        "the journal of " + calls + " calls",
        () -> database.calls(last) >= calls);
    return database.providerTook(List.of(operations));
  }

  private List<String> channels(int count) {
    return IntStream.range(0, count).mapToObj(_ -> "room-" + ++channels).toList();
  }

  static void await(Duration atMost, String what, BooleanSupplier there) {
    long until = System.nanoTime() + atMost.toNanos();
    while (!there.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException("waited in vain for " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }
}
