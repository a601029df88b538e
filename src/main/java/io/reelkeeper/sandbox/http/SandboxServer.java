package io.reelkeeper.sandbox.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableChannel;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/// One HTTP listener per domain; requests are answered on virtual threads.
public final class SandboxServer implements AutoCloseable {

  private static final int LARGEST_BODY = 1024 * 1024;

  private final String host;
  private final List<Integer> ports;
  private final AtomicIntegerArray refusing;
  private final LongSupplier traffic;
  private final Function<Call, Reply> operations;
  private final List<@Nullable DisposableServer> listeners = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Scheduler scheduler = Schedulers.fromExecutorService(threads);

  public SandboxServer(
      String host, List<Integer> ports, LongSupplier traffic, Function<Call, Reply> operations) {
    this.host = host;
    this.ports = new ArrayList<>(ports);
    this.refusing = new AtomicIntegerArray(ports.size());
    this.traffic = traffic;
    this.operations = operations;
    ports.forEach(port -> listeners.add(null));
  }

  /// Opens every listener; a port of 0 becomes the one that was free.
  public synchronized void open() {
    for (int domain = 0; domain < ports.size(); domain++) {
      open(domain);
    }
  }

  public synchronized void open(int domain) {
    if (listeners.get(domain) == null) {
      DisposableServer server =
          HttpServer.create()
              .bindAddress(() -> new InetSocketAddress(host, ports.get(domain)))
              .handle((request, response) -> serve(domain, request, response))
              .bindNow();
      listeners.set(domain, server);
      ports.set(domain, server.port());
      refusing.set(domain, 0);
    }
  }

  /// Refuses connections from now on; one that is open is cut when it is used again, so that a
  /// request which asks for this still has its answer.
  public synchronized void close(int domain) {
    refusing.set(domain, 1);
    DisposableServer server = listeners.set(domain, null);
    if (server != null) {
      server.disposeNow();
    }
  }

  public synchronized long openDomains() {
    return listeners.stream().filter(server -> server != null).count();
  }

  public synchronized List<Integer> ports() {
    return List.copyOf(ports);
  }

  @Override
  public synchronized void close() {
    for (int domain = 0; domain < ports.size(); domain++) {
      close(domain);
    }
    scheduler.dispose();
    threads.shutdownNow();
  }

  private Publisher<Void> serve(
      int domain, HttpServerRequest request, HttpServerResponse response) {
    long nanos = traffic.getAsLong();
    if (refusing.get(domain) == 1) {
      return cut(response);
    }
    return request
        .receive()
        .aggregate()
        .asByteArray()
        .defaultIfEmpty(new byte[0])
        .map(body -> call(domain, nanos, request, body))
        .flatMap(call -> Mono.fromCallable(() -> reply(call)).subscribeOn(scheduler))
        .flatMap(reply -> send(request, response, reply));
  }

  private Reply reply(Call call) {
    return call.body().length > LARGEST_BODY
        ? Reply.of(413, "{\"message\":\"Request size limit exceeded\"}".getBytes(UTF_8))
        : operations.apply(call);
  }

  private static Call call(int domain, long nanos, HttpServerRequest request, byte[] body) {
    String uri = request.uri();
    int mark = uri.indexOf('?');
    return new Call(
        domain,
        nanos,
        request.method().name(),
        mark < 0 ? uri : uri.substring(0, mark),
        mark < 0 ? "" : uri.substring(mark + 1),
        request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION),
        request.requestHeaders().get(HttpHeaderNames.CONTENT_TYPE, ""),
        body);
  }

  private static Mono<Void> send(
      HttpServerRequest request, HttpServerResponse response, Reply reply) {
    if (reply.drops()) {
      return cut(response);
    }
    return response
        .status(reply.status())
        .header(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
        .header("X-Request-Id", request.requestId())
        .sendByteArray(Mono.just(reply.body()))
        .then();
  }

  private static Mono<Void> cut(HttpServerResponse response) {
    response.withConnection(DisposableChannel::dispose);
    return Mono.never();
  }
}
