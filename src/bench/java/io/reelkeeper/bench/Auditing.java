package io.reelkeeper.bench;

import static io.reelkeeper.bench.ground.Table.Goal.atMost;
import static io.reelkeeper.bench.ground.Table.times;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.reelkeeper.BucketServer;
import io.reelkeeper.bench.ground.Database;
import io.reelkeeper.bench.ground.Ground;
import io.reelkeeper.bench.ground.QuickAgora;
import io.reelkeeper.bench.ground.Service;
import io.reelkeeper.bench.ground.Setting;
import io.reelkeeper.bench.ground.Waits;
import java.time.Duration;
import java.util.UUID;

/// Looking for the files of one recording that has very many.
final class Auditing implements Phase {

  private static final int OBJECTS = 10_000;
  private static final String BUCKET = "recordings";

  @Override
  public void measure(Ground ground) throws Exception {
    try (Database database = ground.postgres().database("audit");
        QuickAgora agora = new QuickAgora();
        BucketServer store = BucketServer.inMemory("access", "secret").withBucket(BUCKET);
        Service service = ground.service("audit")) {
      service.start(
          ground.launch(256),
          Setting.unpaced(database.url(), agora.domains())
              .with(
                  "reelkeeper.policy.ha-watchdog=off",
                  "reelkeeper.storage.primary.audit.access-key=access",
                  "reelkeeper.storage.primary.audit.secret-key=secret",
                  "reelkeeper.storage.primary.audit.endpoint=" + store.endpoint()));
      UUID session = service.starts("long");
      Waits.until(Duration.ofMinutes(1), "a live recording", () -> database.live() == 1);
      int objects = ground.scaled(OBJECTS);
      fill(store, database, objects);
      service.stops(session);
      Waits.until(Duration.ofMinutes(3), "the first look", () -> looks(database) == 1);
      store.forgetCalls();
      long began = System.nanoTime();
      service.post("/v1/sessions/" + session + "/audit", "", 202);
      Waits.until(
          Duration.ofMinutes(3), Duration.ofMillis(20), "another look", () -> looks(database) == 2);
      double seconds = (System.nanoTime() - began) / 1e9;
      int calls = store.calls("list");
      double listing = listing(store);
      String what = "audit of %,d objects".formatted(objects);
      ground.table().row(what, seconds, "s", atMost(60), times(seconds, listing, "listing alone"));
      ground.table().row("  list calls", calls, "", atMost(11));
      ground.log().info("the audit says {}", status(database));
    }
  }

  /// One playlist and its slices, as Agora names them.
  private static void fill(BucketServer store, Database database, int objects) {
    String sid = database.jdbc().sql("select sid from task").query(String.class).single();
    var playlist = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:16\n");
    for (int slice = 1; slice < objects; slice++) {
      String name = "%s_long_20261125%09d.ts".formatted(sid, slice);
      store.put(BUCKET, name, new byte[] {0x47});
      playlist.append("#EXTINF:15.000000\n").append(name).append('\n');
    }
    playlist.append("#EXT-X-ENDLIST\n");
    store.put(BUCKET, sid + "_long.m3u8", playlist.toString().getBytes(UTF_8));
  }

  /// The yardstick: how long a client takes that only lists the bucket.
  private static double listing(BucketServer store) {
    long began = System.nanoTime();
    int keys = store.keys(BUCKET, "").size();
    double seconds = (System.nanoTime() - began) / 1e9;
    if (keys == 0) {
      throw new IllegalStateException("nothing was listed");
    }
    return seconds;
  }

  private static int looks(Database database) {
    return database
        .jdbc()
        .sql("select coalesce(max(looks), 0) from task_audit")
        .query(Integer.class)
        .single();
  }

  private static String status(Database database) {
    return database
        .jdbc()
        .sql("select status || ' ' || left(findings::text, 300) from task_audit")
        .query(String.class)
        .single();
  }
}
