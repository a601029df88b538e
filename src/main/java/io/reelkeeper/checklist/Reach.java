package io.reelkeeper.checklist;

import io.reelkeeper.outbound.AddressGuard;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.util.Timeout;

/// Whether an address answers: one GET without a credential, no redirect followed, nothing of the
/// answer read but its status.
final class Reach implements AutoCloseable {

  sealed interface Found {

    record Answers(int status) implements Found {}

    /// It is not called, for the reason given.
    record Forbidden(String why) implements Found {}

    record Nothing(String why) implements Found {}
  }

  /// Somebody waits, and a page that needs longer is none to be recorded.
  private final Duration patience;

  private final CloseableHttpClient http;

  private Reach(DnsResolver names, Duration patience) {
    this.patience = patience;
    Timeout each = Timeout.of(patience);
    this.http =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(names)
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(each)
                            .setSocketTimeout(each)
                            .build())
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setConnectionRequestTimeout(each)
                    .setResponseTimeout(each)
                    .build())
            .setUserAgent("Reelkeeper")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .build();
  }

  /// For addresses that callers name: none but public ones.
  static Reach ofPages(DnsResolver names) {
    return new Reach(new AddressGuard(names, false, true), Duration.ofSeconds(10));
  }

  /// For addresses of the configuration.
  static Reach ofDomains() {
    return new Reach(SystemDefaultDnsResolver.INSTANCE, Duration.ofSeconds(2));
  }

  Found of(URI address) {
    var request = new HttpGet(address);
    // a name lookup cannot be interrupted, so it is not this thread that waits in it
    var exchange = new FutureTask<Found>(() -> ask(request));
    Thread.ofVirtual().name("reach-" + address.getHost()).start(exchange);
    try {
      return exchange.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      request.cancel();
      return new Found.Nothing("no answer within " + patience.toSeconds() + " s");
    } catch (InterruptedException _) {
      request.cancel();
      Thread.currentThread().interrupt();
      return new Found.Nothing("interrupted");
    } catch (ExecutionException e) {
      return failed(e);
    }
  }

  private Found ask(HttpGet request) throws IOException {
    try (var response = http.executeOpen(null, request, null)) {
      int status = response.getCode();
      request.cancel(); // what else would come is not read
      return new Found.Answers(status);
    }
  }

  /// Kinds alone: messages of libraries repeat what the other side has sent.
  private static Found failed(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case AddressGuard.Forbidden forbidden -> {
          return new Found.Forbidden(String.valueOf(forbidden.getMessage()));
        }
        case UnknownHostException _ -> {
          return new Found.Nothing("its name does not resolve");
        }
        case SSLException _ -> {
          return new Found.Nothing("no TLS with it");
        }
        default -> {}
      }
    }
    return new Found.Nothing("no connection to it");
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
