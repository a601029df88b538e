package io.reelkeeper.bench.ground;

import io.reelkeeper.sandbox.Sandbox;
import io.reelkeeper.sandbox.SandboxSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.unit.DataSize;

/// What a phase is given.
///
/// @param jar the service
/// @param directory for whatever a phase leaves behind
/// @param options for the JVM of every service
/// @param scale 1 measures; less only shows that everything works
public record Ground(
    Path jar,
    Path directory,
    List<String> options,
    double scale,
    Postgres postgres,
    Table table,
    Logger log) {

  public Ground(
      Path jar,
      Path directory,
      List<String> options,
      double scale,
      Postgres postgres,
      Table table) {
    this(
        jar,
        directory,
        List.copyOf(options),
        scale,
        postgres,
        table,
        LoggerFactory.getLogger("io.reelkeeper.bench"));
  }

  /// A number of things, fewer when only trying.
  public int scaled(int number) {
    return (int) Math.max(1, Math.round(number * scale));
  }

  /// A time, shorter when only trying.
  public Duration scaled(Duration time) {
    long millis = Math.round(time.toMillis() * scale);
    return Duration.ofMillis(Math.clamp(millis, Math.min(2_000, time.toMillis()), time.toMillis()));
  }

  public Path file(String name) {
    return directory.resolve(name);
  }

  /// A service that is not started yet; what it says goes into a file of this name.
  public Service service(String name) throws IOException {
    return new Service(file(name + ".log"));
  }

  /// The jar with so much heap, and the options of this run.
  public List<String> launch(int heapMegabytes) {
    var all = new ArrayList<String>();
    all.add("-Xmx" + heapMegabytes + "m");
    all.addAll(options);
    all.add("-jar");
    all.add(jar.toString());
    return all;
  }

  /// An Agora without latency and files; it sends its notices as ever.
  ///
  /// @param perSecond requests that it takes
  public Sandbox sandbox(URI webhooks, int perSecond) {
    SandboxSettings usual = SandboxSettings.onFreePorts();
    var settings =
        new SandboxSettings(
            true,
            usual.host(),
            usual.ports(),
            webhooks,
            null,
            null,
            null,
            false,
            Duration.ZERO,
            Duration.ofHours(1), // no slice ends in a run
            DataSize.ofKilobytes(1),
            true,
            usual.noticeTimeout(),
            usual.stopTimeout(),
            usual.pageAliveEvery());
    var app =
        new SandboxSettings.App(
            Setting.appId("classroom"),
            Setting.CUSTOMER,
            Setting.CUSTOMER,
            Setting.WEBHOOK_SECRET,
            null,
            perSecond,
            Setting.PLENTY,
            null);
    var sandbox =
        new Sandbox(
            settings,
            Map.of("classroom", app),
            InstantSource.system().withZone(ZoneOffset.UTC),
            new SplittableRandom());
    sandbox.start();
    return sandbox;
  }
}
