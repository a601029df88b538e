package io.reelkeeper.bench.ground;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/// A PostgreSQL server that waits for the disk as in production; each phase has a database of its
/// own in it.
public final class Postgres implements AutoCloseable {

  private final EmbeddedPostgres server;
  private final JdbcClient admin;

  public Postgres(Path directory) throws IOException {
    // The embedded server comes with fsync and synchronous commits switched off.
    server =
        EmbeddedPostgres.builder()
            .setDataDirectory(directory)
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("shared_preload_libraries", "pg_stat_statements")
            // else a phase that fills tables would be a row of checkpoints
            .setServerConfig("max_wal_size", "4GB")
            .setServerConfig("shared_buffers", "512MB")
            .setServerConfig("max_connections", "200")
            .setOutputRedirector(Redirect.DISCARD)
            .setErrorRedirector(Redirect.DISCARD)
            .start();
    admin = JdbcClient.create(server.getPostgresDatabase());
    admin.sql("create role reelkeeper login password 'reelkeeper'").update();
    for (String setting : List.of("fsync", "synchronous_commit")) {
      String value = admin.sql("show " + setting).query(String.class).single();
      if (!value.equals("on")) {
        throw new IllegalStateException(setting + " is " + value);
      }
    }
  }

  public String version() {
    return admin.sql("show server_version").query(String.class).single();
  }

  /// An empty database, which is gone when it is closed.
  public Database database(String name) {
    admin.sql("create database " + name + " owner " + Database.USER).update();
    return new Database(
        server.getJdbcUrl(Database.USER, name),
        server.getJdbcUrl("postgres", name),
        () -> admin.sql("drop database " + name + " with (force)").update());
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
