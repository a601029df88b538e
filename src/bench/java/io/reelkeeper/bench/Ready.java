package io.reelkeeper.bench;

import static io.reelkeeper.bench.ground.Table.Goal.atLeast;
import static io.reelkeeper.bench.ground.Table.Goal.atMost;
import static io.reelkeeper.bench.ground.Table.times;

import io.reelkeeper.bench.ground.Database;
import io.reelkeeper.bench.ground.Ground;
import io.reelkeeper.bench.ground.QuickAgora;
import io.reelkeeper.bench.ground.Service;
import io.reelkeeper.bench.ground.Setting;
import io.reelkeeper.bench.ground.Waits;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/// From the start of the process to the first readiness, and what it holds of memory when idle.
///
/// The plain jar against the extracted one with a cache of loaded classes and profiles, which a run
/// with a start and a stop has trained.
final class Ready implements Phase {

  private static final int TIMES = 5;
  private static final Duration IDLE = Duration.ofSeconds(20);

  /// As in the image: a cache is only taken by a JVM with the collector that wrote it.
  private static final List<String> JVM =
      List.of("-Xms96m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders");

  @Override
  public void measure(Ground ground) throws Exception {
    Path extracted = ground.file("extracted");
    Path cache = ground.file("reelkeeper.aot");
    run(
        "-Djarmode=tools",
        "-jar",
        ground.jar().toString(),
        "extract",
        "--force",
        "--destination",
        extracted.toString());
    String jar = extracted.resolve(ground.jar().getFileName()).toString();
    try (Database database = ground.postgres().database("ready");
        QuickAgora agora = new QuickAgora()) {
      var setting =
          Setting.unpaced(database.url(), agora.domains())
              .with("reelkeeper.policy.ha-watchdog=off");
      train(ground, database, setting, with("-XX:AOTCacheOutput=" + cache, "-jar", jar));
      double plain = median(ground, setting, with("-jar", ground.jar().toString()));
      double cached = median(ground, setting, with("-XX:AOTCache=" + cache, "-jar", jar));
      ground.table().row("ready after process start, plain jar", plain, "s");
      ground
          .table()
          .row(
              "ready after process start, extracted with AOT cache",
              cached,
              "s",
              atMost(2.5),
              times(cached, plain, "the plain jar"));
      ground.table().row("  faster than the plain jar", plain / cached, "×", atLeast(3));
      try (Service service = ground.service("idle")) {
        service.start(with("-XX:AOTCache=" + cache, "-jar", jar), setting);
        Waits.pass(ground.scaled(IDLE));
        ground.table().row("  idle: resident", service.resident() / (1 << 20), "MB", atMost(350));
      }
    }
  }

  /// What is common in production: a start, its confirmation, a look at it, a stop.
  private static void train(Ground ground, Database database, Setting setting, List<String> options)
      throws Exception {
    ground.log().info("training the cache");
    try (Service service = ground.service("training")) {
      service.start(options, setting);
      UUID session = service.starts("training");
      Waits.until(Duration.ofMinutes(1), "a live recording", () -> database.live() == 1);
      service.read("/v1/sessions/" + session);
      service.read("/v1/sessions");
      service.stops(session);
      service.stop(Duration.ofMinutes(3)); // the cache is written at the end
    }
  }

  private static double median(Ground ground, Setting setting, List<String> options)
      throws Exception {
    int times = Math.max(1, ground.scaled(TIMES));
    double[] seconds = new double[times];
    for (int number = 0; number < times; number++) {
      try (Service service = ground.service("ready")) {
        seconds[number] = service.start(options, setting).toMillis() / 1000.0;
      }
    }
    Arrays.sort(seconds);
    return seconds[times / 2];
  }

  private static List<String> with(String... more) {
    return Stream.concat(JVM.stream(), Stream.of(more)).toList();
  }

  private static void run(String... arguments) throws IOException, InterruptedException {
    var command = new java.util.ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    int exit = new ProcessBuilder(command).redirectOutput(Redirect.DISCARD).start().waitFor();
    if (exit != 0) {
      throw new IllegalStateException(command + " ended with " + exit);
    }
  }
}
