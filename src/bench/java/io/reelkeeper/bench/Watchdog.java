package io.reelkeeper.bench;

import static io.reelkeeper.bench.ground.Table.Goal.atLeast;
import static io.reelkeeper.bench.ground.Table.Goal.atMost;

import io.reelkeeper.bench.ground.Database;
import io.reelkeeper.bench.ground.Ground;
import io.reelkeeper.bench.ground.Service;
import io.reelkeeper.bench.ground.Setting;
import io.reelkeeper.bench.ground.Waits;
import io.reelkeeper.sandbox.Faults.NoticeFault;
import io.reelkeeper.sandbox.Sandbox;
import java.io.IOException;
import java.time.Duration;

/// When a task without event 13 is judged, and when that is left to another replica.
final class Watchdog implements Phase {

  private static final int STARTS = 200;
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int OF_THE_DEAD = 50;
  private static final int HA_REGISTERED = 13;

  /// From the last start to the last verdict, and what a busy machine takes.
  private static final Duration VERDICTS = Duration.ofSeconds(13);

  @Override
  public void measure(Ground ground) throws Exception {
    Service service = ground.service("watchdog-1");
    try (Database database = ground.postgres().database("watchdog");
        service;
        Service other = ground.service("watchdog-2");
        Sandbox sandbox = ground.sandbox(other.uri(), 10_000)) {
      sandbox.faults().notices(NoticeFault.LOSE, HA_REGISTERED);
      var setting =
          Setting.unpaced(database.url(), sandbox.domains())
              .with("reelkeeper.policy.ha-trip-after=1000000");
      service.start(ground.launch(256), setting);
      other.start(ground.launch(256), setting);
      starts(service, "alive", ground.scaled(STARTS));
      Waits.pass(VERDICTS);
      String verdict = "verdict on a start without event 13: seconds after it, ";
      ground.table().row(verdict + "earliest", seconds(database, "alive", 0), "s", atLeast(10));
      ground.table().row("  p50", seconds(database, "alive", 0.50), "s");
      ground.table().row("  p99", seconds(database, "alive", 0.99), "s", atMost(10.5));
      starts(service, "dead", ground.scaled(OF_THE_DEAD));
      service.kill();
      Waits.pass(VERDICTS);
      String dead = "the same, the starting replica killed: ";
      ground.table().row(dead + "earliest", seconds(database, "dead", 0), "s", atLeast(10));
      ground.table().row("  latest", seconds(database, "dead", 1), "s", atMost(11));
    }
  }

  private static void starts(Service service, String channel, int count) throws IOException {
    for (int number = 0; number < count; number++) {
      service.starts(channel + "-" + number);
      Waits.pass(PAUSE);
    }
  }

  /// A start that nobody judged counts as one that is judged for ever.
  private static double seconds(Database database, String channel, double share) {
    return database
        .jdbc()
        .sql(
            """
            select (percentile_disc(?) within group (order by seconds))::float8
              from (select coalesce(extract(epoch from h.at - t.started_at), 'infinity') as seconds
                      from session s
                      join task t on t.session_id = s.id and t.number = 1
                      left join signal_history h on h.session_id = s.id and h.task = 1
                                                and h.signal = 'HaDue'
                     where s.channel like ? || '-%') as verdicts
            """)
        .params(share, channel)
        .query(Double.class)
        .single();
  }
}
