package io.reelkeeper.proof.lab;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import io.reelkeeper.proof.check.Evidence.Outage;
import io.reelkeeper.proof.hook.Hooks;
import io.reelkeeper.proof.hook.Points;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The delivered jar as a process, on the same ports after each restart.
public final class Service implements AutoCloseable {

  /// A busy machine takes a minute for what an idle one does in five seconds.
  private static final Duration START = Duration.ofMinutes(10);

  private static final Duration GLANCE = Duration.ofMillis(2);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Delivered delivered;
  private final Path directory;
  private final Map<String, String> settings;
  private final int port;
  private final int management;
  private final List<Outage> outages = new ArrayList<>();
  private final Duration skew;
  private Child process;
  private @Nullable Instant down;

  /// @param directory of its own: log and hook files
  Service(
      Delivered delivered,
      Path directory,
      int port,
      int management,
      Duration skew,
      Map<String, String> settings) {
    this.port = port;
    this.management = management;
    this.skew = skew;
    this.delivered = delivered;
    this.directory = directory;
    this.settings = settings;
    this.process = launched();
  }

  private Child launched() {
    List<String> command = new ArrayList<>(options());
    command.addAll(delivered.arguments());
    command.addAll(arguments());
    return Child.java(log(), command);
  }

  private List<String> options() {
    return List.of(
        "-Xmx256m", "-D" + Points.DIRECTORY + "=" + directory, "-D" + Hooks.SKEW + "=" + skew);
  }

  private List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=" + port);
    arguments.add("--management.server.port=" + management);
    settings.forEach((key, value) -> arguments.add("--" + key + "=" + value));
    return arguments;
  }

  public Path log() {
    return directory.resolve("service.log");
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  public Child process() {
    return process;
  }

  /// The times in which this replica was not there.
  public List<Outage> outages() {
    return List.copyOf(outages);
  }

  public void kill() {
    process.kill();
    ended();
  }

  /// It is not there from now on.
  public void ended() {
    if (down == null) {
      down = WallClock.now();
    }
    disarm();
  }

  /// It begins to start, and nobody waits for it.
  public void launch() {
    process = launched();
  }

  public void start() {
    launch();
    awaitReady();
    outages.add(new Outage(requireNonNull(down), WallClock.now()));
    down = null;
  }

  public void restart() {
    kill();
    start();
  }

  /// Ends in peace after its first start, see [Delivered], and starts again.
  void train() {
    awaitReady();
    if (!process.ends()) {
      throw new IllegalStateException("the service does not end, see " + log());
    }
    ended();
    start();
  }

  void awaitReady() {
    await("service, see " + log())
        .atMost(START)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException("the service ended, see " + log());
              }
              return health("readiness") == 200;
            });
  }

  /// The status of `liveness` or `readiness`, 0 when it does not answer.
  public int health(String group) {
    try {
      return http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + management + "/actuator/health/" + group))
                  .timeout(Duration.ofSeconds(5))
                  .build(),
              BodyHandlers.discarding())
          .statusCode();
    } catch (IOException _) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  // --- the named points

  /// The first thread that comes to this point will wait there.
  public void arm(String point) {
    try {
      Path next = directory.resolve("next");
      Files.writeString(next, point);
      Files.move(next, directory.resolve(Points.ARMED), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void awaitReached(Duration atMost) {
    await("the point in " + directory)
        .atMost(atMost)
        .pollDelay(Duration.ZERO)
        .pollInterval(GLANCE)
        .until(this::hasReached);
  }

  public boolean hasReached() {
    return Files.exists(directory.resolve(Points.REACHED));
  }

  /// Nobody waits any more; who does so goes on.
  public void disarm() {
    clear(Points.ARMED);
    clear(Points.REACHED);
  }

  private void clear(String file) {
    try {
      Files.deleteIfExists(directory.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.close();
    http.close();
  }
}
