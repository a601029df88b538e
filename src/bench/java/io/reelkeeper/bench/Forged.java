package io.reelkeeper.bench;

import static io.reelkeeper.bench.ground.Table.Goal.atLeast;
import static io.reelkeeper.bench.ground.Table.Goal.atMost;
import static io.reelkeeper.bench.ground.Table.times;

import io.reelkeeper.bench.ground.Database;
import io.reelkeeper.bench.ground.Ground;
import io.reelkeeper.bench.ground.QuickAgora;
import io.reelkeeper.bench.ground.Service;
import io.reelkeeper.bench.ground.Setting;
import io.reelkeeper.bench.ground.SignedNotices;
import io.reelkeeper.bench.ground.Waits;
import io.reelkeeper.bench.ground.Wall;
import io.reelkeeper.bench.ground.Wire;
import io.reelkeeper.bench.ground.Wire.Answers;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// Notifications with a wrong signature, and what they do to the right ones beside them.
final class Forged implements Phase {

  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration MEASURED = Duration.ofSeconds(10);
  private static final int FORGERS = 64;
  private static final int HONEST = 8;

  @Override
  public void measure(Ground ground) throws Exception {
    try (Database database = ground.postgres().database("forged");
        QuickAgora agora = new QuickAgora();
        Service service = ground.service("forged");
        var threads = Executors.newFixedThreadPool(2)) {
      List<String> sids = Notices.recordings(ground, database, agora);
      service.start(
          ground.launch(256),
          Setting.unpaced(database.url(), agora.domains())
              .paced(Notices.PER_SECOND)
              .with("reelkeeper.policy.ha-watchdog=off"));
      Callable<Answers> forging = () -> answers(ground, service.uri(), sids, FORGERS, true);
      Callable<Answers> honest = () -> answers(ground, service.uri(), sids, HONEST, false);
      long before = rows(database);
      database.countAnew();
      Duration quiet = ground.scaled(MEASURED);
      Waits.pass(quiet);
      double idle = database.statements() / quiet.toMillis();
      database.countAnew();
      long begin = Wall.now().toEpochMilli();
      Answers forged = forging.call();
      double statements = database.statements() - idle * (Wall.now().toEpochMilli() - begin);
      if (rows(database) != before) {
        throw new IllegalStateException("a forged notice was kept");
      }
      Answers alone = honest.call();
      var beside = threads.submit(forging);
      Answers honestBeside = honest.call();
      double rate = forged.perSecond();
      ground
          .table()
          .row(
              "bad signatures refused, %d connections".formatted(FORGERS),
              rate,
              "/s",
              atLeast(30_000),
              times(rate, alone.perSecond(), "good ones"));
      ground.table().row("  p99", forged.percentile(99), "ms");
      ground
          .table()
          .row(
              "  SQL statements for each, beyond what an idle service asks",
              Math.max(0, statements) / forged.all(),
              "",
              atMost(0.01));
      ground.table().row("good notices, 8 connections, alone: p99", alone.percentile(99), "ms");
      ground
          .table()
          .row(
              "  beside %,.0f bad ones per second: p99".formatted(beside.get().perSecond()),
              honestBeside.percentile(99),
              "ms",
              atMost(2 * alone.percentile(99)),
              times(honestBeside.percentile(99), alone.percentile(99), "alone"));
    }
  }

  private static long rows(Database database) {
    return database.jdbc().sql("select count(*) from inbox").query(Long.class).single();
  }

  private static Answers answers(
      Ground ground, URI target, List<String> sids, int connections, boolean forged)
      throws Exception {
    return Wire.run(
        target,
        connections,
        ground.scaled(WARM_UP),
        ground.scaled(MEASURED),
        new SignedNotices(target, "classroom", sids, forged),
        forged ? 401 : 200);
  }
}
