package io.reelkeeper.provider;

import io.netty.channel.ChannelOption;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.InetSocketAddressResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import jakarta.annotation.PreDestroy;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider;

/// One request to Agora over HTTP, and what came back of it; the only class that knows WebClient.
@Component
class HttpAgora {

  /// Gateways close an idle connection after a minute or so; one that we drop long before is never
  /// found dead by a start, whose outcome would then be unknown.
  private static final Duration IDLE = Duration.ofSeconds(10);

  /// A name server that does not answer is asked again by the route, not waited for.
  private static final Duration NAME_LOOKUP = Duration.ofSeconds(2);

  /// Room for the time-outs inside to end the exchange themselves, with a reason.
  private static final Duration LAST_RESORT = Duration.ofSeconds(2);

  /// A request id is for support cases; longer ones are not Agora's.
  private static final int REQUEST_ID_LENGTH = 128;

  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  private final Map<String, WebClient> clients = new HashMap<>();
  private final Map<String, ConnectionProvider> connections = new HashMap<>();
  private final ProviderSettings settings;

  HttpAgora(AgoraApps apps, ProviderSettings settings, WebClient.Builder builder) {
    this.settings = settings;
    apps.all()
        .forEach(
            (alias, app) -> {
              var pool =
                  ConnectionProvider.builder("agora-" + alias)
                      .maxConnections(settings.concurrentCalls())
                      .pendingAcquireTimeout(settings.connectTimeout())
                      .maxIdleTime(IDLE)
                      .build();
              connections.put(alias, pool);
              clients.put(alias, client(app, pool, builder.clone()));
            });
  }

  private WebClient client(AgoraApps.App app, ConnectionProvider pool, WebClient.Builder builder) {
    HttpClient http =
        HttpClient.create(pool)
            .protocol(HttpProtocol.HTTP11)
            .followRedirect(false)
            // The library would repeat a request on a fresh connection, unpaced and unseen.
            .disableRetry(true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(settings.connectTimeout().toMillis()))
            .resolver(new Names())
            .secure(
                tls ->
                    tls.sslContext(SslProvider.defaultClientProvider().getSslContext())
                        .handshakeTimeout(settings.connectTimeout()));
    // Else the first request would leave long after its turn, and too close to those behind it.
    http.warmup().block(settings.connectTimeout());
    return builder
        .clientConnector(new ReactorClientHttpConnector(http))
        .codecs(
            codecs ->
                codecs
                    .defaultCodecs()
                    .maxInMemorySize(Math.toIntExact(settings.answerLimit().toBytes())))
        .defaultHeaders(headers -> headers.setBasicAuth(app.key(), app.secret()))
        .build();
  }

  /// What came back of one request.
  sealed interface Reply {

    /// An HTTP answer, whatever its status.
    ///
    /// @param body null when it was larger than we read
    /// @param requestId Agora's name for the request, for support cases
    /// @param retryAfter null when absent or not a number of seconds within the hour
    record Came(
        int status,
        byte @Nullable [] body,
        @Nullable String requestId,
        @Nullable Duration retryAfter)
        implements Reply {}

    /// No HTTP answer.
    ///
    /// @param dns the name did not resolve: only then another domain name may help
    /// @param reached false when the request certainly never left for Agora
    record Lost(boolean dns, boolean reached, String why) implements Reply {}

    /// Nothing was sent: when the connection was ready, the request was not to leave any more.
    record Held() implements Reply {}
  }

  private static final class HeldBack extends RuntimeException {
    HeldBack() {
      super("not to leave any more", null, false, false);
    }
  }

  /// Sends one request and waits for the answer, never longer than connecting and `silence` may
  /// take together, however slowly the answer drips in.
  ///
  /// @param silence how long Agora may stay silent before the answer and within it
  /// @param mayLeave asked when a connection is ready for the request, on an event loop
  Reply send(
      String app,
      HttpMethod method,
      URI uri,
      byte @Nullable [] json,
      Duration silence,
      BooleanSupplier mayLeave) {
    WebClient client = clients.get(app);
    if (client == null) {
      throw new IllegalArgumentException("no app '" + app + "' under reelkeeper.apps");
    }
    var sent = new AtomicBoolean(); // then, and only then, it may have had an effect
    Duration whole = settings.connectTimeout().plus(silence);
    var request =
        client
            .method(method)
            .uri(uri)
            .contentType(MediaType.APPLICATION_JSON)
            .accept(MediaType.APPLICATION_JSON)
            .httpRequest(
                out -> {
                  if (!mayLeave.getAsBoolean()) {
                    throw new HeldBack();
                  }
                  sent.set(true);
                  HttpClientRequest netty = out.getNativeRequest();
                  netty.responseTimeout(silence);
                });
    Mono<Reply> reply =
        (json == null ? request : request.bodyValue(json))
            .exchangeToMono(HttpAgora::read)
            .timeout(whole)
            .onErrorResume(error -> Mono.just(failed(error, uri, sent.get(), silence)));
    try {
      Reply came = reply.block(whole.plus(LAST_RESORT));
      return came != null ? came : failed(new TimeoutException(), uri, sent.get(), silence);
    } catch (RuntimeException e) {
      return failed(Exceptions.unwrap(e), uri, sent.get(), silence);
    }
  }

  private static Mono<Reply> read(ClientResponse response) {
    HttpHeaders headers = response.headers().asHttpHeaders();
    int status = response.statusCode().value();
    String id = headers.getFirst("X-Request-Id");
    String requestId =
        id == null ? null : id.substring(0, Math.min(id.length(), REQUEST_ID_LENGTH));
    Duration retryAfter = retryAfter(headers.getFirst(HttpHeaders.RETRY_AFTER));
    return response
        .bodyToMono(byte[].class)
        .defaultIfEmpty(new byte[0])
        .<Reply>map(body -> new Reply.Came(status, body, requestId, retryAfter))
        .onErrorResume(
            HttpAgora::tooLarge,
            _ -> Mono.just(new Reply.Came(status, null, requestId, retryAfter)));
  }

  private static boolean tooLarge(Throwable error) {
    return error instanceof DataBufferLimitException
        || error.getCause() instanceof DataBufferLimitException;
  }

  private static @Nullable Duration retryAfter(@Nullable String header) {
    if (header == null || !header.matches("[0-9]{1,4}")) {
      return null;
    }
    Duration wish = Duration.ofSeconds(Long.parseLong(header));
    return wish.compareTo(LONGEST_RETRY_AFTER) <= 0 ? wish : null;
  }

  private static Reply failed(Throwable error, URI uri, boolean reached, Duration silence) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof HeldBack) {
        return new Reply.Held();
      }
      if (!reached && cause instanceof UnknownHostException) {
        return new Reply.Lost(true, false, "the name " + uri.getHost() + " does not resolve");
      }
      if (cause instanceof SSLException) {
        return new Reply.Lost(false, reached, "TLS with " + uri.getHost() + ": " + brief(cause));
      }
      if (cause instanceof ConnectException) {
        return new Reply.Lost(
            false, reached, "no connection to " + uri.getAuthority() + ": " + brief(cause));
      }
      if (cause instanceof ReadTimeoutException || cause instanceof TimeoutException) {
        String what = reached ? "no whole answer from " : "no connection to ";
        return new Reply.Lost(false, reached, what + uri.getAuthority() + " within " + silence);
      }
      if (cause instanceof InterruptedException) {
        return new Reply.Lost(false, reached, "interrupted while waiting");
      }
    }
    return new Reply.Lost(
        false, reached, "the line to " + uri.getAuthority() + " broke: " + brief(error));
  }

  /// The library's words without what might be a header or a body in them.
  private static String brief(Throwable error) {
    String kind = error.getClass().getSimpleName();
    String says =
        error instanceof SSLException || error instanceof ConnectException
            ? error.getMessage()
            : null;
    return says == null ? kind : says.lines().findFirst().orElse(kind);
  }

  @PreDestroy
  void close() {
    connections.values().forEach(ConnectionProvider::dispose);
  }

  /// Names by the machine's own means (hosts file, search list, cache), off the event loop and
  /// never for longer than a lookup may take: a name server that is silent is then told apart from
  /// a network that is.
  private static final class Names extends AddressResolverGroup<InetSocketAddress> {

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
      return new InetSocketAddressResolver(
          executor,
          new InetNameResolver(executor) {
            @Override
            protected void doResolve(String host, Promise<InetAddress> promise) {
              look(host, promise, names -> promise.trySuccess(names[0]));
            }

            @Override
            protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
              look(host, promise, names -> promise.trySuccess(List.of(names)));
            }

            private void look(String host, Promise<?> promise, Consumer<InetAddress[]> found) {
              Thread.ofVirtual()
                  .name("lookup-" + host)
                  .start(
                      () -> {
                        try {
                          found.accept(InetAddress.getAllByName(host));
                        } catch (UnknownHostException e) {
                          promise.tryFailure(e);
                        }
                      });
              executor()
                  .schedule(
                      () -> promise.tryFailure(new UnknownHostException(host + ": no answer")),
                      NAME_LOOKUP.toMillis(),
                      TimeUnit.MILLISECONDS);
            }
          });
    }
  }

  /// A segment of a path, whatever characters a name has.
  static String segment(String name) {
    return org.springframework.web.util.UriUtils.encode(name, StandardCharsets.UTF_8);
  }
}
