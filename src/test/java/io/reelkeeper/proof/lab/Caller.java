package io.reelkeeper.proof.lab;

import io.reelkeeper.proof.check.Evidence.Exchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Who starts and stops recordings, and remembers every answer.
public final class Caller implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final JsonMapper json = JsonMapper.builder().build();
  private final List<Exchange> history = new CopyOnWriteArrayList<>();

  public List<Exchange> history() {
    return List.copyOf(history);
  }

  /// One request for a recording; the same key makes it the same request.
  public Exchange starts(Service service, String channel, String key) {
    String body =
        """
        {"app": "%s", "channel": "%s", "mode": "composite", "storage": "primary",
         "recording": {"decryptionMode": 1, "secret": "%s"}}
        """
            .formatted(Account.ALIAS, channel, Account.CHANNEL_KEY);
    HttpRequest.Builder request =
        request(service.uri().resolve("/v1/sessions"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    if (!key.isEmpty()) {
      request.header("Idempotency-Key", key);
    }
    return heard("start", channel, key, request);
  }

  public Exchange stops(Service service, String channel, UUID session) {
    return heard(
        "stop",
        channel,
        "",
        request(service.uri().resolve("/v1/sessions/" + session + "/stop"))
            .POST(BodyPublishers.noBody()));
  }

  public Exchange looks(Service service, String channel, UUID session) {
    return heard(
        "get", channel, "", request(service.uri().resolve("/v1/sessions/" + session)).GET());
  }

  private static HttpRequest.Builder request(URI uri) {
    return HttpRequest.newBuilder(uri)
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + Account.API_KEY);
  }

  private Exchange heard(String what, String channel, String key, HttpRequest.Builder request) {
    Instant asked = WallClock.now();
    HttpResponse<String> answer = answer(request.build());
    int status = answer == null ? 0 : answer.statusCode();
    String body = answer == null ? "" : answer.body();
    JsonNode session = status / 100 == 2 ? parsed(body) : json.createObjectNode();
    String id = session.path("id").asString("");
    var exchange =
        new Exchange(
            asked,
            WallClock.now(),
            what,
            channel,
            key,
            status,
            id.isEmpty() ? null : UUID.fromString(id),
            session.path("status").asString(""),
            body);
    history.add(exchange);
    return exchange;
  }

  private @Nullable HttpResponse<String> answer(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException _) {
      return null; // cut, refused or too late: the caller does not know what became of it
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private JsonNode parsed(String body) {
    try {
      return json.readTree(body);
    } catch (JacksonException _) {
      return json.createObjectNode();
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
