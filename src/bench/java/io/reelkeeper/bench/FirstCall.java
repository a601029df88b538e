package io.reelkeeper.bench;

import static io.reelkeeper.bench.ground.Table.Goal.atMost;

import io.reelkeeper.bench.ground.Copies;
import io.reelkeeper.bench.ground.Database;
import io.reelkeeper.bench.ground.Ground;
import io.reelkeeper.bench.ground.QuickAgora;
import io.reelkeeper.bench.ground.QuickAgora.Arrival;
import io.reelkeeper.bench.ground.Service;
import io.reelkeeper.bench.ground.Setting;
import io.reelkeeper.bench.ground.Template;
import io.reelkeeper.bench.ground.Waits;
import io.reelkeeper.bench.ground.Wall;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How soon a start reaches Agora while the monitor needs nearly all requests for itself.
final class FirstCall implements Phase {

  private static final int LIVE = 960;
  private static final int STARTS = 100;

  /// So far apart that each start is alone, the confirmations of others aside.
  private static final Duration PAUSE = Duration.ofMillis(1_000);

  @Override
  public void measure(Ground ground) throws Exception {
    try (Database database = ground.postgres().database("first_call");
        QuickAgora agora = new QuickAgora();
        Service service = ground.service("first-call")) {
      var copies = new Copies(database, Template.made(ground, database, agora, false));
      copies.plan(
          ground.scaled(LIVE), List.of("classroom"), ground.scaled(LIVE), Wall.now(), 3_600);
      copies.sessions();
      copies.timers(Wall.now(), Duration.ofMinutes(2).toMillis());
      copies.settle();
      service.start(
          ground.launch(256),
          Setting.unpaced(database.url(), agora.domains())
              .paced(10)
              .with("reelkeeper.policy.ha-watchdog=off"));
      Waits.pass(ground.scaled(Duration.ofSeconds(10)));
      agora.arrivals();
      int starts = ground.scaled(STARTS);
      for (int number = 0; number < starts; number++) {
        service.accepts("classroom", "single-" + number);
        Waits.pass(PAUSE);
      }
      tell(ground, database, agora.arrivals());
    }
  }

  private static void tell(Ground ground, Database database, List<Arrival> arrivals) {
    Map<String, Long> reached = new HashMap<>();
    arrivals.stream()
        .filter(arrival -> arrival.operation().equals("acquire"))
        .forEach(arrival -> reached.putIfAbsent(arrival.about(), arrival.millis()));
    double[] waits =
        database
            .jdbc()
            .sql("select channel, created_at from session where channel like 'single-%'")
            .query(
                (row, _) -> {
                  Instant accepted = row.getTimestamp("created_at").toInstant();
                  Long at = reached.get(row.getString("channel"));
                  if (at == null) {
                    throw new IllegalStateException("a start never reached Agora");
                  }
                  return (double) (at - accepted.toEpochMilli());
                })
            .list()
            .stream()
            .mapToDouble(Double::doubleValue)
            .toArray();
    Arrays.sort(waits);
    long polls = arrivals.stream().filter(it -> it.operation().equals("query")).count();
    String what = "single start while %d are polled: first call after".formatted(LIVE);
    ground.table().row(what + ", p50", waits[waits.length / 2], "ms", atMost(150));
    ground.table().row(what + ", p99", waits[waits.length * 99 / 100], "ms", atMost(250));
    double seconds = waits.length * PAUSE.toMillis() / 1000.0;
    ground.table().row("  queries meanwhile", polls / seconds, "/s");
  }
}
