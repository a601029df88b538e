package io.reelkeeper.bench.ground;

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
import java.nio.file.Files;
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

/// The service as it is delivered, in a process of its own.
public final class Service implements AutoCloseable {

  public static final String KEY = "rk_bench";

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port = freePort();
  private final int management = freePort();
  private final Path log;
  private @Nullable Process started;

  /// @param log where the service's own output goes
  public Service(Path log) throws IOException {
    this.log = log;
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /// Starts the process and returns when it is ready.
  ///
  /// @param options what stands between `java` and the settings
  /// @return how long that took
  public Duration start(List<String> options, Setting setting) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(JAVA.resolve("java").toString());
    command.addAll(options);
    command.add("--server.port=" + port);
    command.add("--management.server.port=" + management);
    command.add("--reelkeeper.public-url=" + uri());
    command.add("--reelkeeper.access.keys[0].name=bench");
    command.add("--reelkeeper.access.keys[0].sha256=" + sha256(KEY));
    command.add("--reelkeeper.access.keys[0].roles=admin");
    setting.arguments().forEach(argument -> command.add("--" + argument));
    long began = System.nanoTime();
    started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .start();
    Waits.until(
        Duration.ofMinutes(10), Duration.ofMillis(20), "the service, see " + log, this::ready);
    return Duration.ofNanos(System.nanoTime() - began);
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
  public UUID starts(String channel) throws IOException {
    HttpResponse<String> answer = post("/v1/sessions", body("classroom", channel), 201);
    return session(answer);
  }

  /// Has a recording accepted, and does not wait for Agora.
  public UUID accepts(String app, String channel) throws IOException {
    HttpRequest.Builder request =
        posting(uri().resolve("/v1/sessions"), body(app, channel)).setHeader("Prefer", "wait=0");
    return session(expecting(202, send(request)));
  }

  private static String body(String app, String channel) {
    return """
    {"app": "%s", "channel": "%s", "mode": "composite", "storage": "primary"}
    """
        .formatted(app, channel);
  }

  private static UUID session(HttpResponse<String> answer) {
    String place = answer.headers().firstValue("Location").orElseThrow();
    return UUID.fromString(place.substring(place.lastIndexOf('/') + 1));
  }

  /// Stops a recording and waits until its end is proven.
  public UUID stops(UUID session) throws IOException {
    post("/v1/sessions/" + session + "/stop", "", 200);
    return session;
  }

  public HttpResponse<String> post(String path, String body, int expected) throws IOException {
    return post(uri().resolve(path), body, expected);
  }

  public HttpResponse<String> post(URI uri, String body, int expected) throws IOException {
    return expecting(expected, send(posting(uri, body)));
  }

  private static HttpRequest.Builder posting(URI uri, String body) {
    return HttpRequest.newBuilder(uri)
        .header("Authorization", "Bearer " + KEY)
        .header("Content-Type", "application/json")
        .header("Prefer", "wait=60")
        .POST(BodyPublishers.ofString(body));
  }

  private static HttpResponse<String> expecting(int status, HttpResponse<String> answer) {
    if (answer.statusCode() != status) {
      throw new IllegalStateException(
          answer.uri() + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer;
  }

  public String read(String path) throws IOException {
    return expecting(
            200,
            send(
                HttpRequest.newBuilder(uri().resolve(path))
                    .header("Authorization", "Bearer " + KEY)))
        .body();
  }

  private HttpResponse<String> get(String path) throws IOException {
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + path)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.timeout(Duration.ofMinutes(2)).build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /// What is left on the heap after a full collection, in bytes.
  public double heap() throws IOException, InterruptedException {
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
  public double metric(String series) throws IOException {
    return get("/actuator/prometheus")
        .body()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  public Duration cpu() {
    return process().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /// What of the process lies in memory, in bytes.
  public double resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process().pid() + "/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
            .sum()
        * 1024;
  }

  /// Ends the process as a crash does.
  public void kill() throws InterruptedException {
    process().destroyForcibly().waitFor();
  }

  /// Ends the process as an operator does.
  ///
  /// @param atMost then it is ended as a crash does
  public void stop(Duration atMost) throws InterruptedException {
    if (started != null) {
      started.destroy();
      if (!started.waitFor(atMost.toSeconds(), TimeUnit.SECONDS)) {
        started.destroyForcibly().waitFor();
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    http.close();
    stop(Duration.ofSeconds(30));
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
