package io.reelkeeper.bench;

import static io.reelkeeper.bench.ground.Table.Goal.atMost;
import static io.reelkeeper.bench.ground.Table.times;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.reelkeeper.bench.ground.Copies;
import io.reelkeeper.bench.ground.Database;
import io.reelkeeper.bench.ground.Ground;
import io.reelkeeper.bench.ground.Load;
import io.reelkeeper.bench.ground.QuickAgora;
import io.reelkeeper.bench.ground.Service;
import io.reelkeeper.bench.ground.Setting;
import io.reelkeeper.bench.ground.Template;
import io.reelkeeper.bench.ground.Waits;
import io.reelkeeper.bench.ground.Wall;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Lists and single sessions where a million sessions and ten million notices are stored.
final class Listing implements Phase {

  private static final int SESSIONS = 1_000_000;
  private static final int NOTICES_OF_EACH = 10;
  private static final int CHANNELS = 20_000;
  private static final int LESSONS = 50_000;

  /// One session in so many has a label.
  private static final int LABELLED = 20;

  private static final int DEEP = 10_000;
  private static final int PAGE = 50;
  private static final int ASKED = 400;
  private static final int CLIENTS = 2;

  /// Last month and this one have their partitions by themselves.
  private static final long SPREAD_SECONDS = Duration.ofDays(24).toSeconds();

  private final SplittableRandom random = new SplittableRandom(7);

  @Override
  public void measure(Ground ground) throws Exception {
    int sessions = ground.scaled(SESSIONS);
    List<String> apps = IntStream.range(0, 10).mapToObj(number -> "app-" + number).toList();
    try (Database database = ground.postgres().database("listing");
        QuickAgora agora = new QuickAgora();
        Service service = ground.service("listing")) {
      fill(ground, database, agora, sessions, apps);
      service.start(
          ground.launch(256),
          Setting.unpaced(database.url(), agora.domains())
              .of(Stream.concat(apps.stream(), Stream.of("classroom")).toList()));
      List<UUID> some =
          database
              .jdbc()
              .sql("select id from bench.copy where n % greatest(1, ? / 1000) = 0")
              .param(sessions)
              .query((row, _) -> row.getObject(1, UUID.class))
              .list();
      Waits.pass(Duration.ofSeconds(5));
      ask(ground, service, "warm-up", () -> "/v1/sessions");
      double scansBefore = scans(database);
      String of = "with %,d sessions: ".formatted(sessions);
      Load first = ask(ground, service, of + "first page", () -> "/v1/sessions");
      Load deep = deep(ground, service, database, of, sessions);
      ground
          .table()
          .row(
              "  of the first page, p50",
              deep.median() / first.median(),
              "×",
              atMost(1.2),
              times(deep.median(), first.median(), "the first page"));
      ask(ground, service, of + "of one app", () -> "/v1/sessions?app=app-" + some(10));
      ask(
          ground,
          service,
          of + "of one channel",
          () -> "/v1/sessions?channel=copy-" + some(CHANNELS));
      ask(
          ground,
          service,
          of + "by label",
          () -> "/v1/sessions?label=lesson:" + LABELLED * some(LESSONS / LABELLED));
      ask(ground, service, of + "the few that record", () -> "/v1/sessions?status=recording");
      ask(ground, service, of + "one in a thousand, failed", () -> "/v1/sessions?status=failed");
      ask(ground, service, of + "of one hour", this::hour);
      Supplier<String> one = () -> "/v1/sessions/" + some.get(some(some.size()));
      ask(ground, service, of + "one session", one);
      ask(ground, service, of + "its timeline, with its notices", () -> one.get() + "/timeline");
      Waits.pass(Duration.ofSeconds(2)); // the counters are told once a second
      ground
          .table()
          .row("  sequential scans of these tables", scans(database) - scansBefore, "", atMost(0));
    }
  }

  private void fill(
      Ground ground, Database database, QuickAgora agora, int sessions, List<String> apps)
      throws Exception {
    long began = System.nanoTime();
    var copies = new Copies(database, Template.made(ground, database, agora, true));
    copies.plan(
        sessions, apps, Math.min(sessions, CHANNELS), Wall.now().minusSeconds(600), SPREAD_SECONDS);
    copies.sessions();
    database
        .jdbc()
        .sql(
            """
            update session set status = case when n % 1000 = 0 then 'failed' else status end,
                   labels = jsonb_build_object('lesson', (n % ?)::text)
              from bench.copy c where c.id = session.id and (n % 1000 = 0 or n % 20 = 0)
            """)
        .param(LESSONS)
        .update();
    ground.log().info("{} sessions are there", sessions);
    copies.notices(NOTICES_OF_EACH);
    copies.settle();
    ground.log().info("filled in {} s", (System.nanoTime() - began) / 1_000_000_000);
  }

  /// Page 10,000, or what is as deep where only a part was filled.
  private Load deep(Ground ground, Service service, Database database, String of, int sessions)
      throws Exception {
    int page = Math.min(DEEP, sessions / PAGE / 2);
    UUID last =
        database
            .jdbc()
            .sql("select id from session order by id desc offset ? limit 1")
            .param(page * PAGE)
            .query(UUID.class)
            .single();
    String cursor = Base64.getUrlEncoder().encodeToString(last.toString().getBytes(UTF_8));
    String what = of + "page %,d".formatted(page);
    return ask(ground, service, what, () -> "/v1/sessions?cursor=" + cursor);
  }

  private String hour() {
    Instant since = Wall.now().minusSeconds(3_600 + random.nextLong(SPREAD_SECONDS));
    return "/v1/sessions?since=%s&until=%s".formatted(since, since.plusSeconds(3_600));
  }

  private synchronized int some(int of) {
    return random.nextInt(of);
  }

  private static Load ask(Ground ground, Service service, String what, Supplier<String> path)
      throws Exception {
    List<Integer> numbers = IntStream.range(0, ground.scaled(ASKED)).boxed().toList();
    Load.Step<Integer> step =
        number -> {
          service.read(path.get());
          return new UUID(0, number);
        };
    Load.of(CLIENTS, numbers.subList(0, (numbers.size() + 3) / 4), step);
    Load load = Load.of(CLIENTS, numbers, step);
    if (!what.equals("warm-up")) {
      ground.table().row(what + ", p50", load.median(), "ms");
      ground.table().row("  p99", load.percentile(99), "ms", atMost(20));
    }
    return load;
  }

  private static double scans(Database database) {
    return database
        .jdbc()
        .sql(
            """
            select coalesce(sum(seq_scan), 0) from pg_stat_user_tables
             where schemaname = 'public' and n_live_tup > 1000
            """)
        .query(Double.class)
        .single();
  }
}
