package io.reelkeeper.provider;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// A domain of Agora that does what a test says: one line of the script for each request, the last
/// one for ever.
final class ScriptedAgora implements AutoCloseable {

  /// One request as it arrived.
  record Asked(
      String method,
      String path,
      @Nullable String authorization,
      @Nullable String type,
      String body) {}

  /// What to do with one connection, for answers that HTTP has no words for.
  @FunctionalInterface
  interface Rudeness {
    void on(Socket socket) throws IOException, InterruptedException;
  }

  private record Line(int status, String body, String header, String value) {}

  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Queue<Line> script = new ConcurrentLinkedQueue<>();
  private final AutoCloseable server;
  private final int port;

  private ScriptedAgora(@Nullable Rudeness rudeness) {
    try {
      var loopback = InetAddress.getLoopbackAddress();
      if (rudeness == null) {
        var http = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        http.setExecutor(threads);
        http.createContext("/", this::answer);
        http.start();
        port = http.getAddress().getPort();
        server =
            () -> {
              http.stop(0);
              threads.shutdownNow();
            };
      } else {
        var socket = new ServerSocket(0, 50, loopback);
        port = socket.getLocalPort();
        server = socket;
        Thread.ofVirtual().start(() -> accept(socket, rudeness));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ScriptedAgora polite() {
    return new ScriptedAgora(null);
  }

  static ScriptedAgora rude(Rudeness rudeness) {
    return new ScriptedAgora(rudeness);
  }

  /// An address that refuses connections.
  static String nobody() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://127.0.0.1:" + socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  ScriptedAgora says(int status, String body) {
    return says(status, body, "X-Request-Id", "req-" + status);
  }

  ScriptedAgora says(int status, String body, String header, String value) {
    script.add(new Line(status, body, header, value));
    return this;
  }

  /// Closes the connection without an answer.
  ScriptedAgora drops() {
    return says(0, "");
  }

  List<Asked> asked() {
    return asked;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var headers = exchange.getRequestHeaders();
    asked.add(
        new Asked(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            headers.getFirst("Authorization"),
            headers.getFirst("Content-Type"),
            body));
    Line line = script.size() > 1 ? script.poll() : script.peek();
    if (line == null || line.status == 0) {
      exchange.close();
      return;
    }
    exchange.getResponseHeaders().add(line.header, line.value);
    byte[] bytes = line.body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(line.status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private void accept(ServerSocket server, Rudeness rudeness) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket, rudeness));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket socket, Rudeness rudeness) {
    try (socket) {
      asked.add(new Asked("?", "?", null, null, requestOf(socket)));
      rudeness.on(socket);
    } catch (IOException _) {
      // the caller hung up
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static String requestOf(Socket socket) throws IOException {
    byte[] bytes = new byte[64 * 1024];
    int read = socket.getInputStream().read(bytes);
    return new String(bytes, 0, Math.max(0, read), StandardCharsets.ISO_8859_1);
  }

  static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
