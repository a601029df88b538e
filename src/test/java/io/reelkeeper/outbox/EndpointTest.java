package io.reelkeeper.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.TestClock;
import io.reelkeeper.outbox.Endpoint.Answer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a hostile endpoint can do to us: nothing.
class EndpointTest {

  private final TestClock clock = TestClock.at("2026-03-01T10:00:00Z");
  private final Receiver receiver = new Receiver();
  private final AtomicReference<String> address = new AtomicReference<>("127.0.0.1");

  @AfterEach
  void close() {
    receiver.close();
  }

  private Endpoint endpoint(String url, boolean allowPrivate) {
    var subscriber =
        new OutboxSettings.Subscriber(
            URI.create(url), List.of(Receiver.SECRET), Set.of(), List.of(), allowPrivate);
    var settings =
        new OutboxSettings.Outbox(
            false,
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            2,
            List.of(Duration.ofSeconds(5)));
    return new Endpoint(subscriber, settings, names(), clock);
  }

  private DnsResolver names() {
    return new DnsResolver() {
      @Override
      public InetAddress[] resolve(String host) {
        return new InetAddress[] {InetAddress.ofLiteral(address.get())};
      }

      @Override
      public String resolveCanonicalHostname(String host) {
        return host;
      }
    };
  }

  @Test
  void aNameThatMovesToAPrivateAddressIsNotCalledAnyMore() throws IOException {
    try (Endpoint endpoint = endpoint("http://hooks.example:" + receiver.port(), true)) {
      assertThat(endpoint.tell("1", "{}")).isInstanceOf(Answer.Taken.class);
    }
    try (Endpoint endpoint = endpoint("https://hooks.example:" + receiver.port(), false)) {
      assertThat(endpoint.tell("2", "{}")).isInstanceOf(Answer.Forbidden.class);
      address.set("169.254.169.254");
      assertThat(endpoint.tell("3", "{}")).isInstanceOf(Answer.Forbidden.class);
    }
    assertThat(receiver.told()).extracting(Receiver.Told::id).containsExactly("1");
  }

  @Test
  void anAddressInPlaceOfANameIsNoWayAround() throws IOException {
    for (String host : List.of("127.0.0.1", "[::1]", "2130706433", "0x7f.1", "localhost")) {
      try (Endpoint endpoint = endpoint("https://" + host + ":" + receiver.port(), false)) {
        assertThat(endpoint.tell("1", "{}")).as(host).isInstanceOf(Answer.Forbidden.class);
      }
    }
    assertThat(receiver.told()).isEmpty();
  }

  @Test
  void anAnswerThatNeverEndsIsLeft() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread talker = Thread.ofVirtual().start(() -> talkWithoutEnd(server));
      try (Endpoint endpoint = endpoint("http://hooks.example:" + server.getLocalPort(), true)) {
        assertThat(endpoint.tell("1", "{}")).isEqualTo(new Answer.Taken(200));
      }
      talker.interrupt();
    }
  }

  private static void talkWithoutEnd(ServerSocket server) {
    try (Socket socket = server.accept()) {
      OutputStream out = socket.getOutputStream();
      out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      while (!Thread.currentThread().isInterrupted()) {
        out.write(new byte[1024]);
      }
    } catch (IOException _) {
      // it has hung up
    }
  }

  @Test
  void anAnswerThatDripsIsNotWaitedFor() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread silent = Thread.ofVirtual().start(() -> acceptOnly(server));
      try (Endpoint endpoint = endpoint("http://hooks.example:" + server.getLocalPort(), true)) {
        assertThat(endpoint.tell("1", "{}")).isInstanceOf(Answer.Failed.class);
      }
      silent.interrupt();
    }
  }

  private static void acceptOnly(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.getOutputStream().write("HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII));
      while (socket.getInputStream().read() >= 0) {
        // it may say what it wants
      }
    } catch (IOException _) {
      // it has hung up
    }
  }

  @Test
  void nobodyThereIsAFailureInPlainWords() throws IOException {
    int port;
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
    }
    try (Endpoint endpoint = endpoint("http://hooks.example:" + port, true)) {
      assertThat(endpoint.tell("1", "{}"))
          .isEqualTo(new Answer.Failed(0, "no connection to it", null));
    }
  }
}
