package io.reelkeeper.proof.lab;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The sandbox in its own process, and what it says really happened.
public final class Agora implements AutoCloseable {

  private static final Duration START = Duration.ofMinutes(10);

  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonMapper json = JsonMapper.builder().build();
  private final List<Integer> ports = List.of(Ports.free(), Ports.free(), Ports.free());
  private final Child process;

  Agora(Path log, URI webhooks, long seed) {
    process =
        Child.java(
            log,
            List.of(
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                SandboxProcess.class.getName(),
                webhooks.toString(),
                ports.get(0).toString(),
                ports.get(1).toString(),
                ports.get(2).toString(),
                Long.toString(seed)));
    await("sandbox, see " + log)
        .atMost(START)
        .ignoreException(UncheckedIOException.class)
        .until(() -> process.isAlive() && ledger() != null);
  }

  List<Integer> ports() {
    return ports;
  }

  public Child process() {
    return process;
  }

  /// Everything that really ran and was asked and told.
  public JsonNode ledger() {
    return json.readTree(send("GET", "/sandbox/ledger", ""));
  }

  public List<JsonNode> recordings(String channel) {
    return recordings(ledger(), channel).toList();
  }

  /// Those that run.
  public List<JsonNode> running(String channel) {
    return recordings(ledger(), channel).filter(it -> it.path("endedAt").isNull()).toList();
  }

  private static Stream<JsonNode> recordings(JsonNode ledger, String channel) {
    return ledger
        .path("recordings")
        .valueStream()
        .filter(recording -> recording.path("cname").asString().equals(channel));
  }

  public long asked(String operation, String channel) {
    return ledger()
        .path("requests")
        .valueStream()
        .filter(request -> request.path("operation").asString().equals(operation))
        .filter(request -> request.path("cname").asString().equals(channel))
        .count();
  }

  /// Has something go wrong; in the words of the sandbox's control API.
  public void fault(String fault) {
    send("POST", "/sandbox/faults", fault);
  }

  public void reset() {
    send("DELETE", "/sandbox/faults", "");
  }

  public void recorder(String channel, String action) {
    send(
        "POST",
        "/sandbox/recorders",
        "{\"cname\":\"%s\",\"action\":\"%s\"}".formatted(channel, action));
  }

  private String send(String method, String path, String body) {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.getFirst() + path))
                  .timeout(Duration.ofSeconds(30))
                  .method(method, BodyPublishers.ofString(body))
                  .build(),
              BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
      }
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    }
  }

  @Override
  public void close() {
    process.close();
    http.close();
  }
}
