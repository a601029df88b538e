package io.reelkeeper.bench;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.reelkeeper.bench.ground.Ground;
import io.reelkeeper.bench.ground.Postgres;
import io.reelkeeper.bench.ground.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/// Measures the phases that are asked for in one run, and prints one table.
///
/// It fails when something does not work, never because something is slow.
final class Bench {

  private static final Logger LOG = (Logger) LoggerFactory.getLogger("io.reelkeeper.bench");

  private Bench() {}

  private static Map<String, Phase> phases() {
    var phases = new LinkedHashMap<String, Phase>();
    phases.put("starts", new StartAndStop());
    phases.put("notices", new Notices());
    phases.put("forged", new Forged());
    phases.put("storm", new Storm());
    phases.put("backlog", new Backlog());
    phases.put("first-call", new FirstCall());
    phases.put("monitor", new Monitor());
    phases.put("fleet", new Fleet());
    phases.put("watchdog", new Watchdog());
    phases.put("ready", new Ready());
    phases.put("list", new Listing());
    phases.put("audit", new Auditing());
    return phases;
  }

  /// @param arguments the service's jar, an empty directory, which phases with commas or `all`, the
  ///     scale, and options for the service's JVM
  public static void main(String[] arguments) throws Exception {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    LOG.setLevel(Level.INFO);
    Path jar = Path.of(arguments[0]).toAbsolutePath();
    Path directory = Files.createDirectories(Path.of(arguments[1])).toAbsolutePath();
    Map<String, Phase> phases = phases();
    List<String> chosen =
        arguments[2].equals("all")
            ? List.copyOf(phases.keySet())
            : List.of(arguments[2].split(","));
    if (!phases.keySet().containsAll(chosen)) {
      throw new IllegalArgumentException("bench.phases are some of " + phases.keySet());
    }
    double scale = Double.parseDouble(arguments[3]);
    List<String> options = List.of(arguments).subList(4, arguments.length);
    var table = new Table();
    var failed = new ArrayList<String>();
    Path data = Files.createTempDirectory(directory, "postgres");
    try (Postgres postgres = new Postgres(data)) {
      var ground = new Ground(jar, directory, options, scale, postgres, table);
      new Yardsticks().measure(ground);
      for (String name : chosen) {
        LOG.info("{}", name);
        try {
          requireNonNull(phases.get(name)).measure(ground);
        } catch (Exception e) { // what others measure is worth having
          LOG.error("{} does not work", name, e);
          failed.add(name);
        }
        Files.writeString(directory.resolve("table.md"), table.toString().strip() + "\n");
      }
    }
    LOG.info("{}", table);
    if (!failed.isEmpty()) {
      throw new IllegalStateException("these do not work: " + failed);
    }
  }
}
