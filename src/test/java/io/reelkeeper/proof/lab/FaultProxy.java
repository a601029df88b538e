package io.reelkeeper.proof.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A TCP link between two processes that can be slow, cut or noisy; several targets take turns.
public final class FaultProxy implements AutoCloseable {

  /// What a link does to the bytes that come back from the server.
  public enum Fault {
    NONE,
    /// Everything comes later.
    SLOW,
    /// Nothing comes, and nobody says so.
    SILENT,
    /// New connections are closed at once, open ones are cut.
    CUT,
    /// The connection is cut in place of the news that a transaction was committed.
    CUT_AFTER_COMMIT,
    /// Other bytes come.
    GARBAGE,
    /// The answer comes byte by byte.
    TRICKLE,
  }

  private static final Duration DELAY = Duration.ofMillis(300);
  private static final Duration DRIP = Duration.ofMillis(200);
  private static final Duration GLANCE = Duration.ofMillis(20);
  private static final byte[] COMMITTED = "COMMIT\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NOISE =
      "\u0000<html>502 Bad Gateway</html>\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int CONNECT_MILLIS = 2000;

  private final List<Integer> targets;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger turn = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger met = new AtomicInteger();
  private volatile Fault fault = Fault.NONE;
  private volatile boolean closed;

  FaultProxy(List<Integer> targets) {
    this.targets = List.copyOf(targets);
    try {
      this.server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /// How many connections [Fault#CUT_AFTER_COMMIT] has met.
  public int met() {
    return met.get();
  }

  public void set(Fault other) {
    fault = other;
    if (other == Fault.CUT) {
      open.forEach(FaultProxy::close);
    }
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = server.accept();
        threads.execute(() -> serve(client));
      } catch (IOException _) {
        // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket upstream = fault == Fault.CUT ? null : connected()) {
      if (upstream == null) {
        return;
      }
      open.add(client);
      open.add(upstream);
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
      threads.execute(() -> forward(client, upstream));
      back(upstream, client);
    } catch (IOException _) {
      // either side is gone: so is the link
    } finally {
      open.removeIf(Socket::isClosed);
    }
  }

  /// The next target that answers.
  private Socket connected() throws IOException {
    IOException refused = new IOException("no target");
    for (int tries = 0; tries < targets.size(); tries++) {
      int target = targets.get(Math.floorMod(turn.getAndIncrement(), targets.size()));
      try {
        var socket = new Socket();
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
        return socket;
      } catch (IOException e) {
        refused = e;
      }
    }
    throw refused;
  }

  private static void forward(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException _) {
      // as above
    }
  }

  private void back(Socket from, Socket to) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] buffer = new byte[16 * 1024];
    for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
      while (fault == Fault.SILENT && !closed) {
        LockSupport.parkNanos(GLANCE.toNanos());
      }
      switch (fault) {
        case SLOW -> LockSupport.parkNanos(DELAY.toNanos());
        case GARBAGE -> {
          out.write(NOISE);
          return;
        }
        case TRICKLE -> {
          trickle(out, buffer, length);
          continue;
        }
        case CUT_AFTER_COMMIT -> {
          if (contains(buffer, length, COMMITTED)) {
            met.incrementAndGet();
            return;
          }
        }
        default -> {}
      }
      out.write(buffer, 0, length);
    }
  }

  private void trickle(OutputStream out, byte[] bytes, int length) throws IOException {
    for (int at = 0; at < length; at++) {
      out.write(bytes[at]);
      out.flush();
      if (fault == Fault.TRICKLE) {
        LockSupport.parkNanos(DRIP.toNanos());
      }
    }
  }

  static boolean contains(byte[] bytes, int length, byte[] wanted) {
    for (int at = 0; at + wanted.length <= length; at++) {
      int same = 0;
      while (same < wanted.length && bytes[at + same] == wanted[same]) {
        same++;
      }
      if (same == wanted.length) {
        return true;
      }
    }
    return false;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // closed anyhow
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      server.close();
    } catch (IOException _) {
      // closed anyhow
    }
    open.forEach(FaultProxy::close);
    threads.shutdownNow();
  }
}
