package io.reelkeeper.bench;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The service as it is delivered, in a process of its own with 256 MB of heap.
final class Service implements AutoCloseable {

  static final String APP_ID = "970ca35de60c44645bbae8a215061b33";
  static final String CUSTOMER = "bench-customer";
  static final String WEBHOOK_SECRET = "bench-webhook";

  private static final String KEY = "rk_bench";
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port = freePort();
  private final int management = freePort();
  private final Path log;
  private @Nullable Process started;

  /// @param log where the service's own output goes
  Service(Path log) throws IOException {
    this.log = log;
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /// Starts the process and returns when it is ready.
  ///
  /// @param options more options for its JVM
  void start(Path jar, List<String> options, String database, List<URI> domains)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(JAVA.resolve("java").toString());
    command.add("-Xmx256m");
    command.addAll(options);
    command.add("-jar");
    command.add(jar.toString());
    settings(database, domains).forEach(setting -> command.add("--" + setting));
    started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(log.toFile()))
            .start();
    Bench.await(Duration.ofMinutes(2), "the service, see " + log, this::ready);
  }

  private List<String> settings(String database, List<URI> domains) {
    String app = "reelkeeper.apps.classroom.";
    String storage = "reelkeeper.storage.primary.";
    String key = "reelkeeper.access.keys[0].";
    return List.of(
        "server.port=" + port,
        "management.server.port=" + management,
        "spring.datasource.url=" + database,
        "spring.datasource.username=" + Database.USER,
        "spring.datasource.password=" + Database.USER,
        "reelkeeper.public-url=" + uri(),
        app + "app-id=" + APP_ID,
        app + "customer-key=" + CUSTOMER,
        app + "customer-secret=" + CUSTOMER,
        app + "webhook-secret=" + WEBHOOK_SECRET,
        // so high that neither is felt
        app + "requests-per-second=10000",
        app + "concurrent-workers=100000",
        app + "domains.primary=" + domains.get(0),
        app + "domains.alternate=" + domains.get(1),
        app + "domains.adjacent=" + domains.get(2),
        storage + "vendor=aws",
        storage + "region=eu-west-1",
        storage + "bucket=recordings",
        storage + "access-key=access",
        storage + "secret-key=secret",
        key + "name=bench",
        key + "sha256=" + sha256(KEY),
        key + "roles=admin");
  }

  private boolean ready() {
    if (!process().isAlive()) {
      throw new IllegalStateException("the service ended, see " + log);
    }
    try {
      return get("/actuator/health/readiness").statusCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  /// Starts a recording and waits until Agora has accepted it.
  UUID starts(String channel) throws IOException {
    HttpResponse<String> answer =
        post(
            "/v1/sessions",
            """
            {"app": "classroom", "channel": "%s", "mode": "composite", "storage": "primary"}
            """
                .formatted(channel),
            201);
    String place = answer.headers().firstValue("Location").orElseThrow();
    return UUID.fromString(place.substring(place.lastIndexOf('/') + 1));
  }

  /// Stops a recording and waits until its end is proven.
  UUID stops(UUID session) throws IOException {
    post("/v1/sessions/" + session + "/stop", "", 200);
    return session;
  }

  private HttpResponse<String> post(String path, String body, int expected) throws IOException {
    return post(uri().resolve(path), body, expected);
  }

  HttpResponse<String> post(URI uri, String body, int expected) throws IOException {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + KEY)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    if (answer.statusCode() != expected) {
      throw new IllegalStateException(uri + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer;
  }

  private HttpResponse<String> get(String path) throws IOException {
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + path)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.timeout(Duration.ofMinutes(1)).build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /// What is left on the heap after a full collection, in bytes.
  double heap() throws IOException, InterruptedException {
    int exit =
        new ProcessBuilder(
                JAVA.resolve("jcmd").toString(), Long.toString(process().pid()), "GC.run")
            .redirectOutput(Redirect.DISCARD)
            .start()
            .waitFor();
    if (exit != 0) {
      throw new IllegalStateException("jcmd ended with " + exit);
    }
    return metric("jvm_memory_used_bytes{area=\"heap\"");
  }

  /// The sum of all series whose name and first labels are so.
  double metric(String series) throws IOException {
    return get("/actuator/prometheus")
        .body()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  Duration cpu() {
    return process().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() throws InterruptedException {
    http.close();
    if (started != null) {
      started.destroy();
      if (!started.waitFor(30, TimeUnit.SECONDS)) {
        started.destroyForcibly();
      }
    }
  }

  private Process process() {
    return requireNonNull(started);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
