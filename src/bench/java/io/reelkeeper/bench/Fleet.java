package io.reelkeeper.bench;

import static io.reelkeeper.bench.ground.Table.Goal.atMost;

import io.reelkeeper.bench.ground.Copies;
import io.reelkeeper.bench.ground.Database;
import io.reelkeeper.bench.ground.Ground;
import io.reelkeeper.bench.ground.Lateness;
import io.reelkeeper.bench.ground.QuickAgora;
import io.reelkeeper.bench.ground.Service;
import io.reelkeeper.bench.ground.Setting;
import io.reelkeeper.bench.ground.Template;
import io.reelkeeper.bench.ground.Waits;
import io.reelkeeper.bench.ground.Wall;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// A hundred thousand live sessions in one process.
final class Fleet implements Phase {

  private static final int APPS = 105;
  private static final int LIVE = 100_000;
  private static final int HEAP_MEGABYTES = 384;
  private static final Duration INTERVAL = Duration.ofMinutes(2);
  /// When the first query is due, seen from before the service is started.
  private static final Duration STARTING = Duration.ofSeconds(15);

  private static final Duration BEFORE = Duration.ofSeconds(45);
  private static final Duration OBSERVED = Duration.ofSeconds(90);

  @Override
  public void measure(Ground ground) throws Exception {
    List<String> apps = IntStream.range(0, APPS).mapToObj(number -> "app-" + number).toList();
    int live = ground.scaled(LIVE);
    try (Database database = ground.postgres().database("fleet");
        QuickAgora agora = new QuickAgora();
        Service service = ground.service("fleet")) {
      var copies = new Copies(database, Template.made(ground, database, agora, false));
      copies.plan(live, apps, live, Wall.now(), 4 * 3_600);
      copies.sessions();
      copies.timers(Wall.now().plus(STARTING), INTERVAL.toMillis());
      copies.settle();
      service.start(
          ground.launch(HEAP_MEGABYTES),
          Setting.unpaced(database.url(), agora.domains())
              .of(apps)
              .paced(10)
              .with("reelkeeper.policy.ha-watchdog=off"));
      Waits.pass(ground.scaled(BEFORE));
      agora.arrivals();
      Duration before = service.cpu();
      Duration observed = ground.scaled(OBSERVED);
      database.countAnew();
      Waits.pass(observed);
      double cores = service.cpu().minus(before).toMillis() / (double) observed.toMillis();
      var lateness = new Lateness(agora.arrivals(), INTERVAL);
      double statements = database.statements() - database.looks();
      double rate = lateness.count() / (observed.toMillis() / 1000.0);
      database.tell(ground.file("fleet.txt"));
      String what = "monitor, %,d live sessions over 105 apps: ".formatted(live);
      ground.table().row(what + "cores", cores, "", atMost(1));
      ground.table().row("  queries, of %.0f wanted".formatted(live / 120.0), rate, "/s");
      ground.table().row("  processor time of the service for each", 1000 * cores / rate, "ms");
      ground.table().row("  SQL statements for each", statements / lateness.count(), "");
      ground.table().row("  late by, p99", lateness.percentile(99) / 1000, "s");
      double heap = service.heap() / (1 << 20);
      ground.table().row("  heap after a full collection", heap, "MB", atMost(HEAP_MEGABYTES));
      ground.table().row("  largest heap allowed", HEAP_MEGABYTES, "MB", atMost(HEAP_MEGABYTES));
    }
  }
}
