package io.reelkeeper.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookSigningException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A subscriber's backend: takes webhooks over HTTP, checks each signature with the library that
/// its authors would use, and answers as the test says.
public final class Receiver implements AutoCloseable {

  public static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// A request as it came.
  ///
  /// @param headers with lower-case names
  public record Told(Map<String, List<String>> headers, String body) {

    public String header(String name) {
      return headers.getOrDefault(name, List.of("")).getFirst();
    }

    public String id() {
      return header("webhook-id");
    }

    public JsonNode event() {
      return JSON.readTree(body);
    }

    public String type() {
      return event().path("type").stringValue();
    }

    /// Whether it was signed with this secret, too.
    public boolean isSignedWith(String secret) {
      try {
        String own =
            new Webhook(secret).sign(id(), Long.parseLong(header("webhook-timestamp")), body);
        return Arrays.asList(header("webhook-signature").split(" ")).contains(own);
      } catch (WebhookSigningException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// An answer; a negative status breaks the line.
  public record Reply(int status, Map<String, String> headers) {
    public static Reply of(int status) {
      return new Reply(status, Map.of());
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Told> told = Collections.synchronizedList(new ArrayList<>());
  private volatile Function<Told, Reply> answer = _ -> Reply.of(204);

  public Receiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::take);
    server.setExecutor(threads);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + port() + "/hooks";
  }

  int port() {
    return server.getAddress().getPort();
  }

  /// From now on requests are answered so.
  public Receiver answers(Function<Told, Reply> reply) {
    answer = reply;
    return this;
  }

  Receiver answers(int status) {
    return answers(_ -> Reply.of(status));
  }

  public List<Told> told() {
    synchronized (told) {
      return List.copyOf(told);
    }
  }

  /// The `n` of the data of each event, in the order in which they came.
  List<Integer> numbers() {
    return told().stream().map(it -> it.event().at("/data/n").intValue()).toList();
  }

  void forget() {
    told.clear();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      var headers = new HashMap<String, List<String>>();
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
      var one = new Told(headers, body);
      told.add(one);
      Reply reply = one.isSignedWith(SECRET) ? answer.apply(one) : Reply.of(401);
      reply.headers().forEach(exchange.getResponseHeaders()::set);
      if (reply.status() > 0) {
        exchange.sendResponseHeaders(reply.status(), -1);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
