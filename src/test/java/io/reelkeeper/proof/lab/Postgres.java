package io.reelkeeper.proof.lab;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/// A PostgreSQL of our own that can be killed, frozen, restarted and made to follow.
///
/// A commit waits until the operating system has it, not until the disk has: processes are killed
/// here, not machines.
public final class Postgres implements AutoCloseable {

  static final String USER = "postgres";

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Path directory;
  private final int port = Ports.free();
  private EmbeddedPostgres server;
  private long postmaster;

  public Postgres(Path directory) {
    this.directory = directory;
    this.server = launched();
  }

  private EmbeddedPostgres launched() {
    try {
      var launched =
          EmbeddedPostgres.builder()
              .setDataDirectory(directory)
              .setCleanDataDirectory(false)
              .setPort(port)
              .setPGStartupWait(PATIENCE)
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("max_connections", "200")
              .setOutputRedirector(Redirect.DISCARD)
              .setErrorRedirector(Redirect.DISCARD)
              .start();
      postmaster =
          Long.parseLong(
              Files.readAllLines(directory.resolve("postmaster.pid")).getFirst().strip());
      Reaper.holds(postmaster);
      return launched;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  static String url(int port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  /// Connections of one's own, which no fault of a link concerns.
  public DataSource dataSource() {
    var source = new PGSimpleDataSource();
    source.setUrl(url(port));
    source.setUser(USER);
    source.setPassword(USER);
    return source;
  }

  JdbcClient jdbc() {
    return JdbcClient.create(dataSource());
  }

  /// All tables as they are at one moment.
  Snapshot snapshot() {
    var source = new SingleConnectionDataSource(url(port), USER, USER, true);
    source.setAutoCommit(false);
    JdbcClient jdbc = JdbcClient.create(source);
    jdbc.sql("set transaction isolation level repeatable read, read only").update();
    return new Snapshot(source, jdbc);
  }

  record Snapshot(SingleConnectionDataSource source, JdbcClient jdbc) implements AutoCloseable {
    @Override
    public void close() {
      source.destroy();
    }
  }

  /// SIGKILL to the postmaster; its backends end when they notice.
  public void kill() {
    List<ProcessHandle> backends = backends();
    ProcessHandle.of(postmaster).ifPresent(ProcessHandle::destroyForcibly);
    ended(backends);
  }

  /// As an operator stops it: connections are cut, everything is written.
  public void stop() {
    List<ProcessHandle> backends = backends();
    closeQuietly();
    ended(backends);
  }

  private void ended(List<ProcessHandle> backends) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                ProcessHandle.of(postmaster).isEmpty()
                    && backends.stream().noneMatch(ProcessHandle::isAlive));
    Reaper.forgets(postmaster);
  }

  /// After [#kill] or [#stop].
  public void start() {
    closeQuietly();
    server = launched();
  }

  /// After [#stop]: it only reads, as a standby does, until [#promote].
  public void startFollowing() {
    try {
      Files.createFile(directory.resolve("standby.signal"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start();
  }

  public void promote() {
    jdbc().sql("select pg_promote()").query(Boolean.class).single();
  }

  public void freeze() {
    signalAll("STOP");
  }

  public void thaw() {
    signalAll("CONT");
  }

  private void signalAll(String signal) {
    Child.signal(signal, postmaster);
    backends().forEach(backend -> Child.signal(signal, backend.pid()));
  }

  private List<ProcessHandle> backends() {
    return ProcessHandle.of(postmaster).stream().flatMap(ProcessHandle::descendants).toList();
  }

  /// It may be gone already; then there is nothing to stop.
  private void closeQuietly() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    thaw();
    closeQuietly();
    Reaper.forgets(postmaster);
  }
}
