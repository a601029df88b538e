package io.reelkeeper.bench.ground;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/// A client of many connections that costs next to nothing: one thread, plain sockets, requests
/// that are ready to be sent. Each connection has one request under way, and sends the next when
/// the answer is there.
public final class Wire {

  /// @param latencies in milliseconds, sorted
  /// @param other answers of another status than expected
  /// @param all answers of any kind, those while warming up included
  public record Answers(double[] latencies, double seconds, int other, long all) {

    public double perSecond() {
      return latencies.length / seconds;
    }

    public double percentile(double percent) {
      int place = (int) (latencies.length * percent / 100);
      return latencies.length == 0 ? Double.NaN : latencies[Math.min(latencies.length - 1, place)];
    }
  }

  private static final int LONGEST_ANSWER = 64 * 1024;

  /// Requests for each second of warming up, after which the compilers are done with what is
  /// measured. On a machine where they compete with it, time alone says nothing.
  private static final int ENOUGH_PER_SECOND = 3_000;

  /// How many times longer than asked for warming up may take.
  private static final int PATIENCE = 9;

  private final ByteBuffer received = ByteBuffer.allocate(LONGEST_ANSWER);
  private final int status;
  private double[] latencies = new double[1 << 16];
  private int count;
  private int other;
  private long answered;
  private boolean counting;

  private Wire(int status) {
    this.status = status;
  }

  /// @param warmUp goes before and is not counted; takes longer where few requests are answered
  /// @param requests whole requests, head and body
  /// @param status that answers should have
  public static Answers run(
      URI target,
      int connections,
      Duration warmUp,
      Duration measured,
      Supplier<byte[]> requests,
      int status)
      throws IOException {
    return new Wire(status).run(target, connections, warmUp, measured, requests);
  }

  private Answers run(
      URI target, int connections, Duration warmUp, Duration measured, Supplier<byte[]> requests)
      throws IOException {
    try (Selector selector = Selector.open()) {
      var to = new InetSocketAddress(target.getHost(), target.getPort());
      for (int i = 0; i < connections; i++) {
        SocketChannel channel = SocketChannel.open(to);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        var connection = new Connection(channel);
        channel.register(selector, SelectionKey.OP_READ, connection);
        connection.send(requests.get());
      }
      long begin = System.nanoTime();
      long enough = warmUp.toMillis() * ENOUGH_PER_SECOND / 1_000;
      long end = Long.MAX_VALUE;
      long now = begin;
      while (now < end) {
        selector.select(100);
        now = System.nanoTime();
        long warming = now - begin;
        if (!counting
            && (warming >= warmUp.toNanos() && answered >= enough
                || warming >= PATIENCE * warmUp.toNanos())) {
          counting = true;
          end = now + measured.toNanos();
        }
        for (SelectionKey key : selector.selectedKeys()) {
          Connection connection = (Connection) key.attachment();
          if (connection.answered(now)) {
            connection.send(requests.get());
          }
        }
        selector.selectedKeys().clear();
      }
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
    }
    double[] sorted = Arrays.copyOf(latencies, count);
    Arrays.sort(sorted);
    return new Answers(sorted, measured.toNanos() / 1e9, other, answered);
  }

  private void counted(int got, double millis) {
    answered++;
    if (!counting) {
      return;
    }
    if (got != status) {
      other++;
      return;
    }
    if (count == latencies.length) {
      latencies = Arrays.copyOf(latencies, 2 * count);
    }
    latencies[count++] = millis;
  }

  private final class Connection {
    private final SocketChannel channel;
    private final StringBuilder rest = new StringBuilder();
    private long sent;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }

    void send(byte[] request) throws IOException {
      ByteBuffer out = ByteBuffer.wrap(request);
      sent = System.nanoTime();
      while (out.hasRemaining()) {
        if (channel.write(out) == 0) {
          Thread.onSpinWait(); // a request fits the socket's buffer; this is for odd kernels
        }
      }
    }

    /// Reads what has come; true when the answer is whole.
    boolean answered(long now) throws IOException {
      received.clear();
      int length = channel.read(received);
      if (length < 0) {
        throw new IOException("the service closed a connection");
      }
      rest.append(new String(received.array(), 0, length, ISO_8859_1));
      int head = rest.indexOf("\r\n\r\n");
      if (head < 0 || rest.length() < head + 4 + bodyLength(head)) {
        return false;
      }
      counted(Integer.parseInt(rest, 9, 12, 10), (now - sent) / 1e6);
      rest.setLength(0);
      return true;
    }

    private int bodyLength(int head) {
      int from = 0;
      while (from < head) {
        int end = rest.indexOf("\r\n", from);
        if (end - from > 15
            && rest.substring(from, from + 15).toLowerCase(Locale.ROOT).equals("content-length:")) {
          return Integer.parseInt(rest.substring(from + 15, end).strip());
        }
        from = end + 2;
      }
      throw new IllegalStateException("an answer without its length: " + rest.substring(0, head));
    }
  }
}
