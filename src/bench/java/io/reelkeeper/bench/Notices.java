package io.reelkeeper.bench;

import static io.reelkeeper.bench.ground.Table.Goal.atLeast;
import static io.reelkeeper.bench.ground.Table.Goal.atMost;
import static io.reelkeeper.bench.ground.Table.times;

import io.reelkeeper.bench.ground.Copies;
import io.reelkeeper.bench.ground.Database;
import io.reelkeeper.bench.ground.Ground;
import io.reelkeeper.bench.ground.Inserts;
import io.reelkeeper.bench.ground.OneByOne;
import io.reelkeeper.bench.ground.QuickAgora;
import io.reelkeeper.bench.ground.Service;
import io.reelkeeper.bench.ground.Setting;
import io.reelkeeper.bench.ground.SignedNotices;
import io.reelkeeper.bench.ground.Template;
import io.reelkeeper.bench.ground.Wall;
import io.reelkeeper.bench.ground.Wire;
import io.reelkeeper.bench.ground.Wire.Answers;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/// Signed notifications that are acknowledged after their commit, while sessions are told of them.
final class Notices implements Phase {

  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration MEASURED = Duration.ofSeconds(10);
  private static final int RECORDINGS = 1_000;

  /// What Agora grants an App ID: a service that comes back to a thousand recordings asks for them
  /// at this pace, and not for all at once.
  static final double PER_SECOND = 10;

  @Override
  public void measure(Ground ground) throws Exception {
    try (Database database = ground.postgres().database("notices");
        QuickAgora agora = new QuickAgora()) {
      List<String> sids = recordings(ground, database, agora);
      double inserts = Inserts.perSecond(database, 16, ground.scaled(MEASURED));
      ground.table().row("single-row inserts, 16 clients", inserts, "/s");
      double alone;
      try (OneByOne oneByOne = new OneByOne(database)) {
        Answers answers = answers(ground, oneByOne.uri(), sids, 32);
        alone = answers.perSecond();
        ground.table().row("notices, one insert for each request, 32 connections", alone, "/s");
        ground.table().row("  p99", answers.percentile(99), "ms");
      }
      try (Service service = ground.service("notices")) {
        service.start(
            ground.launch(256),
            Setting.unpaced(database.url(), agora.domains())
                .paced(PER_SECOND)
                .with("reelkeeper.policy.ha-watchdog=off"));
        Answers few = answers(ground, service.uri(), sids, 32);
        tell(ground, 32, few, 15_000, 15, inserts);
        ground
            .table()
            .row(
                "  of the one-insert-for-each-request variant",
                few.perSecond() / alone,
                "×",
                atLeast(1.8),
                times(few.perSecond(), alone, "one by one"));
        tell(ground, 256, answers(ground, service.uri(), sids, 256), 20_000, 40, inserts);
      }
    }
  }

  /// Live sessions that notices can belong to.
  static List<String> recordings(Ground ground, Database database, QuickAgora agora)
      throws Exception {
    var copies = new Copies(database, Template.made(ground, database, agora, false));
    copies.plan(
        ground.scaled(RECORDINGS),
        List.of("classroom"),
        ground.scaled(RECORDINGS),
        Wall.now(),
        3_600);
    copies.sessions();
    copies.timers(Wall.now(), Duration.ofMinutes(2).toMillis());
    copies.settle();
    return database
        .jdbc()
        .sql("select sid from bench.copy")
        .query((row, _) -> row.getString(1))
        .list();
  }

  static Answers answers(Ground ground, URI target, List<String> sids, int connections)
      throws IOException {
    ground.log().info("notices over {} connections", connections);
    Answers answers =
        Wire.run(
            target,
            connections,
            ground.scaled(WARM_UP),
            ground.scaled(MEASURED),
            new SignedNotices(target, "classroom", sids, false),
            200);
    if (answers.other() > 0) {
      ground.log().warn("{} notices were not answered 200", answers.other());
    }
    return answers;
  }

  private static void tell(
      Ground ground, int connections, Answers answers, double goal, double p99, double inserts) {
    String what = "notices acknowledged after commit, %d connections".formatted(connections);
    double rate = answers.perSecond();
    ground.table().row(what, rate, "/s", atLeast(goal), times(rate, inserts, "inserts"));
    ground.table().row("  p50", answers.percentile(50), "ms");
    ground.table().row("  p99", answers.percentile(99), "ms", atMost(p99));
  }
}
