package io.reelkeeper.checklist;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.reelkeeper.checklist.Reach.Found;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ReachTest {

  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.getResponseHeaders().add("Location", "http://169.254.169.254/latest/");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aRedirectIsToldAndNotFollowed() throws IOException {
    try (var reach = Reach.ofDomains()) {
      assertThat(reach.of(address("127.0.0.1"))).isEqualTo(new Found.Answers(302));
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void whatACallerNamesIsNotCalledInAPrivateNetwork() throws IOException {
    try (var reach = Reach.ofPages(SystemDefaultDnsResolver.INSTANCE)) {
      assertThat(reach.of(address("127.0.0.1"))).isInstanceOf(Found.Forbidden.class);
      assertThat(reach.of(address("localhost"))).isInstanceOf(Found.Forbidden.class);
      assertThat(reach.of(address("[::ffff:127.0.0.1]"))).isInstanceOf(Found.Forbidden.class);
      assertThat(reach.of(URI.create("http://169.254.169.254/latest/")))
          .isInstanceOf(Found.Forbidden.class);
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void aNameThatNobodyKnowsAndAPortWhereNobodyIsAreToldApart() throws IOException {
    try (var reach = Reach.ofDomains()) {
      assertThat(reach.of(URI.create("http://agora.invalid/")))
          .isEqualTo(new Found.Nothing("its name does not resolve"));
      assertThat(reach.of(URI.create("http://127.0.0.1:1/")))
          .isEqualTo(new Found.Nothing("no connection to it"));
    }
  }

  private URI address(String host) {
    return URI.create("http://" + host + ":" + server.getAddress().getPort() + "/room");
  }
}
