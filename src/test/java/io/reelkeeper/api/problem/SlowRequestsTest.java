package io.reelkeeper.api.problem;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.reelkeeper.api.ApiTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;
import reactor.netty.NettyPipeline;

@ApiTest
@TestPropertySource(
    properties = {"reelkeeper.requests.head=300ms", "reelkeeper.requests.body=300ms"})
final class SlowRequestsTest {

  private final int port;

  SlowRequestsTest(@LocalServerPort int port) {
    this.port = port;
  }

  /// What the service says until it closes the connection.
  private String said(String sent) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(sent.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }

  @Test
  void aHeadWithoutEndIsNotWaitedFor() throws IOException {
    assertThat(said("GET /problems HTTP/1.1\r\nHost: x\r\nX-A:")).isEmpty();
  }

  @Test
  void aSecondHeadWithoutEndIsNotWaitedForEither() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write("GET /problems HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      socket.getOutputStream().write("GET /pro".getBytes(US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .startsWith("TTP/1.1 200 OK");
    }
  }

  @Test
  void aBodyWithoutEndIsNotWaitedFor() throws IOException {
    String answer =
        said(
            """
            POST /v1/sessions HTTP/1.1
            Host: x
            Authorization: Bearer %s
            Content-Type: application/json
            Content-Length: 100

            {"app\
            """
                .formatted(ApiTest.OPERATE)
                .replace("\n", "\r\n"));

    assertThat(answer).startsWith("HTTP/1.1 408 ").contains("/problems/too-slow");
  }

  @Test
  void dripsDoNotMakeTheTimeLonger() {
    var channel = channel();
    for (int i = 0; i < 4; i++) {
      channel.writeInbound(bytes("G"));
      channel.advanceTimeBy(5, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
    }

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void whoWaitsForAnAnswerOrSaysNothingIsNotSlow() {
    var channel = channel();
    channel.advanceTimeBy(1, TimeUnit.HOURS);
    channel.writeInbound(bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    channel.advanceTimeBy(1, TimeUnit.HOURS);
    channel.runScheduledPendingTasks();

    assertThat(channel.isOpen()).isTrue();
    channel.releaseInbound();
  }

  private static EmbeddedChannel channel() {
    var channel = new EmbeddedChannel();
    channel.pipeline().addLast(NettyPipeline.HttpCodec, new HttpServerCodec());
    SlowRequests.watch(channel, Duration.ofSeconds(20));
    return channel;
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, US_ASCII);
  }
}
