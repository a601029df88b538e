package io.reelkeeper.bench;

import static io.reelkeeper.bench.ground.Table.Goal.atLeast;
import static io.reelkeeper.bench.ground.Table.Goal.atMost;
import static io.reelkeeper.bench.ground.Table.times;

import io.reelkeeper.bench.ground.Database;
import io.reelkeeper.bench.ground.Ground;
import io.reelkeeper.bench.ground.Service;
import io.reelkeeper.bench.ground.Setting;
import io.reelkeeper.bench.ground.Waits;
import io.reelkeeper.sandbox.Ledger;
import io.reelkeeper.sandbox.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// More to do than the requests per second allow, for three replicas of which one is killed.
final class Backlog implements Phase {

  private static final int STARTS = 300;
  private static final double PER_SECOND = 10;
  private static final Duration UNTIL_KILL = Duration.ofSeconds(15);
  private static final Duration AFTER_KILL = Duration.ofSeconds(30);

  @Override
  public void measure(Ground ground) throws Exception {
    var replicas = new ArrayList<Service>();
    for (int number = 1; number <= 3; number++) {
      replicas.add(ground.service("backlog-" + number));
    }
    try (Database database = ground.postgres().database("backlog");
        Sandbox sandbox = ground.sandbox(replicas.getFirst().uri(), (int) PER_SECOND)) {
      var setting = Setting.unpaced(database.url(), sandbox.domains()).paced(PER_SECOND);
      for (Service replica : replicas) {
        replica.start(ground.launch(192), setting);
      }
      for (int number = 0; number < ground.scaled(STARTS); number++) {
        replicas.get(number % replicas.size()).accepts("classroom", "backlog-" + number);
      }
      Waits.pass(ground.scaled(UNTIL_KILL));
      replicas.get(2).kill();
      Waits.pass(ground.scaled(AFTER_KILL));
      tell(ground, sandbox.ledger());
    } finally {
      for (Service replica : replicas) {
        replica.close();
      }
    }
  }

  private static void tell(Ground ground, Ledger ledger) {
    List<Instant> asked = ledger.requests().stream().map(Ledger.Request::at).sorted().toList();
    double seconds = Duration.between(asked.getFirst(), asked.getLast()).toMillis() / 1000.0;
    double used = (asked.size() - 1) / seconds / PER_SECOND;
    ground
        .table()
        .row(
            "quota used under backlog, 3 replicas, one killed",
            100 * used,
            "%",
            atLeast(95),
            times(used, 0.95, "the pace that is kept"));
    ground
        .table()
        .row(
            "  most requests in a sliding second",
            ledger.mostRequestsInASecond("classroom"),
            "",
            atMost(PER_SECOND));
  }
}
