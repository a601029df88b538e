package io.reelkeeper.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookSigningException;
import io.reelkeeper.outbound.AddressGuard;
import io.reelkeeper.outbox.OutboxSettings.Subscriber;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// Where a subscriber is told: sends one signed request and says what came of it.
///
/// The only class that knows the HTTP client. That client, and not the one for Agora, because it
/// lets us see the address between the lookup of a name and the connection.
final class Endpoint implements AutoCloseable {

  /// What came of one request. Texts hold nothing that the other side has written.
  sealed interface Answer {

    /// It is told, by a status 2xx.
    record Taken(int status) implements Answer {}

    /// It does not want to be told any more, by status 410.
    record Gone() implements Answer {}

    /// Any other status, or none: it may have got the event, and gets it again.
    ///
    /// @param status 0 without an answer
    /// @param retryAfter how long it asks not to be asked, null when it does not say
    record Failed(int status, String why, @Nullable Duration retryAfter) implements Answer {}

    /// Its address must not be called.
    record Forbidden(String why) implements Answer {}
  }

  private static final ContentType CLOUD_EVENT =
      ContentType.create("application/cloudevents+json", UTF_8);

  /// Whatever is answered is read so far, for the connection's sake, and forgotten.
  private static final int READ = 64 * 1024;

  /// Below what servers and balancers close at, so that hardly a request meets a dead connection.
  private static final TimeValue KEEP = TimeValue.ofSeconds(10);

  private final URI url;
  private final List<Webhook> signers;
  private final Duration timeout;
  private final Clock clock;
  private final CloseableHttpClient http;

  /// @param names how names are looked up
  Endpoint(Subscriber subscriber, OutboxSettings.Outbox settings, DnsResolver names, Clock clock) {
    this.url = Objects.requireNonNull(subscriber.url());
    this.signers = subscriber.secret().stream().map(Webhook::new).toList();
    this.timeout = settings.timeout();
    this.clock = clock;
    Timeout each = Timeout.of(timeout);
    var connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setDnsResolver(
                new AddressGuard(names, subscriber.allowPrivate(), "https".equals(url.getScheme())))
            .setDefaultConnectionConfig(
                ConnectionConfig.custom().setConnectTimeout(each).setSocketTimeout(each).build())
            .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(each).build())
            .setMaxConnPerRoute(settings.hands() + 1) // a test event finds room, too
            .setMaxConnTotal(settings.hands() + 1)
            .build();
    this.http =
        HttpClients.custom()
            .setConnectionManager(connections)
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(each)
                    .setResponseTimeout(each)
                    .setDefaultKeepAlive(KEEP.getDuration(), KEEP.getTimeUnit())
                    .build())
            .setUserAgent("Reelkeeper")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .build();
  }

  /// Sends one event; returns within the time-out, whatever the other side does.
  ///
  /// @param id the same for every attempt
  /// @param body a CloudEvent in JSON
  Answer tell(String id, String body) {
    var request = new HttpPost(url);
    long now = clock.instant().getEpochSecond();
    request.setHeader("webhook-id", id);
    request.setHeader("webhook-timestamp", String.valueOf(now));
    request.setHeader("webhook-signature", signature(id, now, body));
    request.setEntity(new ByteArrayEntity(body.getBytes(UTF_8), CLOUD_EVENT));
    // a name lookup cannot be interrupted, so it is not this thread that waits in it
    var exchange = new FutureTask<>(() -> send(request));
    Thread.ofVirtual().name("webhook-" + url.getHost()).start(exchange);
    try {
      return exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      request.cancel();
      return new Answer.Failed(0, "no whole answer within " + timeout.toMillis() + " ms", null);
    } catch (InterruptedException _) {
      request.cancel();
      Thread.currentThread().interrupt();
      return new Answer.Failed(0, "interrupted while waiting for the answer", null);
    } catch (ExecutionException e) {
      return unheard(e);
    }
  }

  private String signature(String id, long timestamp, String body) {
    return String.join(
        " ",
        signers.stream()
            .map(
                signer -> {
                  try {
                    return signer.sign(id, timestamp, body);
                  } catch (WebhookSigningException e) {
                    throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
                  }
                })
            .toList());
  }

  private Answer send(HttpPost request) throws IOException {
    try (ClassicHttpResponse response = http.executeOpen(null, request, null)) {
      Header retryAfter = response.getFirstHeader(HttpHeaders.RETRY_AFTER);
      skip(response.getEntity());
      int status = response.getCode();
      if (status >= 200 && status < 300) {
        return new Answer.Taken(status);
      }
      if (status == 410) {
        return new Answer.Gone();
      }
      String why =
          status >= 300 && status < 400
              ? "answered " + status + "; redirects are not followed"
              : "answered " + status;
      return new Answer.Failed(
          status, why, retryAfter == null ? null : wish(retryAfter.getValue()));
    }
  }

  private static void skip(@Nullable HttpEntity entity) throws IOException {
    if (entity != null) {
      // what is longer ends with the connection, which is closed with the response
      var _ = entity.getContent().readNBytes(READ);
    }
  }

  /// Seconds or a date; nothing when it is neither.
  private @Nullable Duration wish(String text) {
    if (text.matches("[0-9]{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wish = Duration.between(clock.instant(), until);
      return wish.isPositive() ? wish : null;
    } catch (DateTimeException _) {
      return null;
    }
  }

  /// Only kinds of failure are told: the library's texts may repeat what the other side sent.
  private static Answer unheard(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case AddressGuard.Forbidden forbidden -> {
          return new Answer.Forbidden(String.valueOf(forbidden.getMessage()));
        }
        case UnknownHostException _ -> {
          return new Answer.Failed(0, "its name does not resolve", null);
        }
        case SSLException _ -> {
          return new Answer.Failed(0, "no TLS with it", null);
        }
        case ConnectException _ -> {
          return new Answer.Failed(0, "no connection to it", null);
        }
        case SocketTimeoutException _ -> {
          return new Answer.Failed(0, "no answer in time", null);
        }
        default -> {}
      }
    }
    return new Answer.Failed(0, "the connection to it broke", null);
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
