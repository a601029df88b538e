package io.reelkeeper.sandbox.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// What a recorded page does over the network, as far as the sandbox's browser runs it.
public final class Browser implements AutoCloseable {

  /// A page's own report is given up after nine seconds; a rehearsal need not wait as long.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  /// Posts nothing to an address, as a page of a foreign origin; the status, or 0 without any.
  public int post(String address) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(address))
              .timeout(PATIENCE)
              .header("Origin", "https://recorded.example")
              .POST(BodyPublishers.noBody())
              .build();
      return client.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException | IllegalArgumentException _) {
      return 0;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
