package io.reelkeeper;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/// The whole service on one machine with nothing installed: `mvn spring-boot:test-run`.
///
/// PostgreSQL, an S3 server and the Agora sandbox run in this process; their data lies under
/// `target/dev`, so that a restart goes on where the last run ended.
final class TestReelkeeper {

  private static final Logger log = LoggerFactory.getLogger(TestReelkeeper.class);

  /// Known to everybody who reads this: it opens a service that records nothing but the sandbox.
  private static final String API_KEY = "rk_dev_3f9b1f0e5a7c4d2e8b6a";

  private static final Path DATA = Path.of("target/dev");
  private static final Path POSTGRES = DATA.resolve("postgres");
  private static final Path BUCKETS = DATA.resolve("buckets");

  /// `-Ddev.bucket-port`: two checkouts can run side by side.
  private static final int BUCKET_PORT = Integer.getInteger("dev.bucket-port", 8095);

  private static final String BUCKET = "recordings";

  private TestReelkeeper() {}

  public static void main(String[] args) throws Exception {
    String database = database();
    BucketServer.inDirectory(BUCKETS, BUCKET_PORT, "dev-access", "dev-secret").withBucket(BUCKET);
    System.setProperty("com.zaxxer.hikari.timeoutMs.floor", "100");
    SpringApplication application = new SpringApplication(Reelkeeper.class);
    // Above the defaults of application.yaml, below whatever the environment says.
    application.addInitializers(
        context ->
            context
                .getEnvironment()
                .getPropertySources()
                .addAfter(
                    StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                    new MapPropertySource("dev", properties(database))));
    application.addListeners((ApplicationListener<ApplicationReadyEvent>) _ -> tellHowToBegin());
    try {
      application.run(args);
    } catch (RuntimeException _) {
      // Already reported; the S3 server's threads would keep a process that does nothing.
      System.exit(1);
    }
  }

  private static Map<String, Object> properties(String database) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("spring.datasource.url", database);
    all.put("spring.datasource.username", "postgres");
    all.put("spring.datasource.password", "postgres");
    all.put("reelkeeper.sandbox.enabled", true);
    all.put("reelkeeper.sandbox.state-file", DATA.resolve("sandbox.json"));
    all.put("reelkeeper.encryption-key", "ZGV2ZWxvcG1lbnQgb25seSwgbm90IGEgc2VjcmV0ISE=");
    String app = "reelkeeper.apps.classroom.";
    all.put(app + "app-id", "970ca35de60c44645bbae8a215061b33");
    all.put(app + "customer-key", "sandbox-key");
    all.put(app + "customer-secret", "sandbox-secret");
    all.put(app + "webhook-secret", "sandbox-webhook");
    all.put(app + "domains.primary", "http://127.0.0.1:8090");
    all.put(app + "domains.alternate", "http://127.0.0.1:8091");
    all.put(app + "domains.adjacent", "http://127.0.0.1:8092");
    String storage = "reelkeeper.storage.primary.";
    all.put(storage + "vendor", "s3-compatible");
    all.put(storage + "bucket", BUCKET);
    all.put(storage + "access-key", "dev-access");
    all.put(storage + "secret-key", "dev-secret");
    all.put(storage + "endpoint", "http://127.0.0.1:" + BUCKET_PORT);
    String key = "reelkeeper.access.keys[0].";
    all.put(key + "name", "dev");
    all.put(key + "sha256", sha256(API_KEY));
    all.put(key + "roles", "admin");
    return all;
  }

  private static void tellHowToBegin() {
    log.info(
        """


        Reelkeeper is running, with a sandbox in place of Agora.

          console                 http://localhost:8080/console
          API and documentation   http://localhost:8080/docs
          health and metrics      http://localhost:8081/actuator/health  .../prometheus
          sandbox ledger          http://localhost:8090/sandbox/ledger
          recorded files          {}
          API key                 {}

        Start a recording:

          curl -s -X POST http://localhost:8080/v1/sessions \\
            -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' \\
            -d '{}'

        """,
        BUCKETS.resolve(BUCKET),
        API_KEY,
        API_KEY,
        """
        {"app":"classroom","channel":"math-101","mode":"composite","storage":"primary"}\
        """
            .strip());
  }

  /// The JDBC address of the PostgreSQL that keeps its data between runs.
  private static String database() throws IOException {
    Files.createDirectories(POSTGRES);
    int port =
        leftRunning()
            .orElseGet(
                () -> {
                  try {
                    return EmbeddedPostgres.builder()
                        .setDataDirectory(POSTGRES)
                        .setCleanDataDirectory(false)
                        .setOutputRedirector(Redirect.DISCARD)
                        .setErrorRedirector(Redirect.DISCARD)
                        .start()
                        .getPort();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
    return "jdbc:postgresql://localhost:" + port + "/postgres";
  }

  /// The port of a server that outlived a killed run: it still holds the data, so it is used.
  private static Optional<Integer> leftRunning() throws IOException {
    Path lock = POSTGRES.resolve("postmaster.pid");
    if (!Files.exists(lock)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(lock);
    return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
        .filter(ProcessHandle::isAlive)
        .map(_ -> Integer.parseInt(lines.get(3).strip()));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
