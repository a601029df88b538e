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

/// As many live sessions as ten App IDs can watch, shared by two replicas.
final class Monitor implements Phase {

  private static final int APPS = 10;
  private static final int LIVE = 960;
  private static final Duration INTERVAL = Duration.ofMinutes(2);

  /// Starting, and the first moments of a cold process.
  /// When the first query is due, seen from before the service is started.
  private static final Duration STARTING = Duration.ofSeconds(15);

  private static final Duration BEFORE = Duration.ofSeconds(30);

  @Override
  public void measure(Ground ground) throws Exception {
    List<String> apps = IntStream.range(0, APPS).mapToObj(number -> "app-" + number).toList();
    try (Database database = ground.postgres().database("monitor");
        QuickAgora agora = new QuickAgora();
        Service first = ground.service("monitor-1");
        Service second = ground.service("monitor-2")) {
      var copies = new Copies(database, Template.made(ground, database, agora, false));
      copies.plan(ground.scaled(APPS * LIVE), apps, ground.scaled(APPS * LIVE), Wall.now(), 3_600);
      copies.sessions();
      copies.timers(Wall.now().plus(STARTING), INTERVAL.toMillis());
      copies.settle();
      var setting =
          Setting.unpaced(database.url(), agora.domains())
              .of(apps)
              .paced(10)
              .with("reelkeeper.policy.ha-watchdog=off");
      first.start(ground.launch(256), setting);
      second.start(ground.launch(256), setting);
      Waits.pass(ground.scaled(BEFORE));
      agora.arrivals();
      database.countAnew();
      Duration observed = ground.scaled(INTERVAL);
      Waits.pass(observed);
      var lateness = new Lateness(agora.arrivals(), INTERVAL);
      double statements = database.statements() - database.looks();
      database.tell(ground.file("monitor.txt"));
      String what = "monitor, 10 apps with 960 sessions each, 2 replicas: queries late by";
      ground.table().row(what + ", p50", lateness.percentile(50) / 1000, "s");
      ground.table().row(what + ", p99", lateness.percentile(99) / 1000, "s", atMost(1));
      ground.table().row("  queries", lateness.count() / (observed.toMillis() / 1000.0), "/s");
      ground
          .table()
          .row("  SQL statements for each query", statements / lateness.count(), "", atMost(3));
    }
  }
}
