package io.reelkeeper;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/// A database of one's own on the one PostgreSQL that serves all tests of this JVM.
///
/// The server is a container where an engine answers, and embedded PostgreSQL otherwise. It starts
/// with the first database asked for and goes with the JVM; a database costs some ten milliseconds.
public final class TestDatabase implements AutoCloseable {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  /// Several pools of several test contexts are open at once, on one server.
  private static final int POOL_SIZE = 10;

  private static final String MAX_CONNECTIONS = "500";

  private final String url;
  private final HikariDataSource pool;

  private TestDatabase(String url) {
    this.url = url;
    this.pool = new HikariDataSource();
    pool.setJdbcUrl(url);
    pool.setUsername(user());
    pool.setPassword(password());
    pool.setMaximumPoolSize(POOL_SIZE);
    pool.setMinimumIdle(0);
  }

  /// A database without any table.
  public static TestDatabase empty() {
    return new TestDatabase(Server.create("template1"));
  }

  /// A database with every table of the product and no row.
  public static TestDatabase migrated() {
    return new TestDatabase(Server.create(Migrated.TEMPLATE));
  }

  public String url() {
    return url;
  }

  public String user() {
    return Server.USER;
  }

  public String password() {
    return Server.PASSWORD;
  }

  /// A small connection pool on this database, the same at every call.
  public DataSource dataSource() {
    return pool;
  }

  public JdbcClient jdbc() {
    return JdbcClient.create(pool);
  }

  /// Makes this the database of an application context, for use in `@DynamicPropertySource`.
  public void register(DynamicPropertyRegistry properties) {
    properties.add("spring.datasource.url", this::url);
    properties.add("spring.datasource.username", this::user);
    properties.add("spring.datasource.password", this::password);
  }

  /// Ends this database's pool; the database itself goes with the server.
  @Override
  public void close() {
    pool.close();
  }

  private static final class Migrated {
    /// Migrated once, copied by every caller: copying is much quicker than migrating.
    static final String TEMPLATE = migrate();

    private static String migrate() {
      String name = "migrated";
      String url = Server.create("template1", name);
      Flyway.configure().dataSource(url, Server.USER, Server.PASSWORD).load().migrate();
      return name;
    }
  }

  private static final class Server {
    static final String USER = "postgres";
    static final String PASSWORD = "postgres";

    /// With a `%s` for the database's name.
    private static final String URL = containerEngineAnswers() ? container() : embedded();

    static String create(String template) {
      return create(template, "test_" + NUMBER.incrementAndGet());
    }

    /// One at a time: PostgreSQL refuses to copy a template that somebody else is connected to.
    static synchronized String create(String template, String name) {
      var admin = new PGSimpleDataSource();
      admin.setUrl(URL.formatted("postgres"));
      admin.setUser(USER);
      admin.setPassword(PASSWORD);
      JdbcClient.create(admin)
          .sql("create database %s template %s".formatted(name, template))
          .update();
      return URL.formatted(name);
    }

    /// Testcontainers is only asked where there is something to ask: its search logs an error.
    private static boolean containerEngineAnswers() {
      boolean somethingThere =
          System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
      return somethingThere && DockerClientFactory.instance().isDockerAvailable();
    }

    private static String container() {
      @SuppressWarnings("resource") // Testcontainers removes it when the JVM has ended
      var postgres =
          new PostgreSQLContainer("postgres:18")
              .withUsername(USER)
              .withPassword(PASSWORD)
              .withCommand(
                  "postgres", "-c", "fsync=off", "-c", "max_connections=" + MAX_CONNECTIONS);
      postgres.start();
      return "jdbc:postgresql://%s:%d/"
              .formatted(
                  postgres.getHost(), postgres.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT))
          + "%s";
    }

    private static String embedded() {
      try {
        // it stops itself when the JVM ends
        var postgres =
            EmbeddedPostgres.builder()
                .setServerConfig("max_connections", MAX_CONNECTIONS)
                .setOutputRedirector(Redirect.DISCARD)
                .setErrorRedirector(Redirect.DISCARD)
                .start();
        return "jdbc:postgresql://localhost:" + postgres.getPort() + "/%s";
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
