package io.reelkeeper.bench;

import static io.reelkeeper.bench.ground.Table.Goal.atMost;
import static io.reelkeeper.bench.ground.Table.times;

import io.reelkeeper.bench.ground.Database;
import io.reelkeeper.bench.ground.Ground;
import io.reelkeeper.bench.ground.Load;
import io.reelkeeper.bench.ground.Service;
import io.reelkeeper.bench.ground.Setting;
import io.reelkeeper.sandbox.Ledger;
import io.reelkeeper.sandbox.Sandbox;
import java.util.stream.IntStream;

/// Many starts at once, at Agora's ten requests per second.
final class Storm implements Phase {

  private static final int STARTS = 150;
  private static final double PER_SECOND = 10;

  @Override
  public void measure(Ground ground) throws Exception {
    int starts = ground.scaled(STARTS);
    Service service = ground.service("storm");
    try (Database database = ground.postgres().database("storm");
        service;
        Sandbox sandbox = ground.sandbox(service.uri(), (int) PER_SECOND)) {
      service.start(
          ground.launch(256), Setting.unpaced(database.url(), sandbox.domains()).paced(PER_SECOND));
      Load load =
          Load.of(
              starts,
              IntStream.range(0, starts).mapToObj(number -> "storm-" + number).toList(),
              service::starts);
      double least = 2 * starts / PER_SECOND;
      Ledger ledger = sandbox.ledger();
      ground
          .table()
          .row(
              "storm of %d starts at 10 requests per second: all accepted".formatted(starts),
              load.seconds(),
              "s",
              atMost(1.10 * least),
              times(load.seconds(), least, "the least possible"));
      ground
          .table()
          .row(
              "  most requests in a sliding second",
              ledger.mostRequestsInASecond("classroom"),
              "",
              atMost(PER_SECOND));
      long refused = ledger.requests().stream().filter(request -> request.status() == 429).count();
      ground.table().row("  refused by Agora (429)", refused, "", atMost(0));
    }
  }
}
