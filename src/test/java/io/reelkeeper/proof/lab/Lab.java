package io.reelkeeper.proof.lab;

import io.reelkeeper.proof.check.Evidence;
import io.reelkeeper.proof.check.Evidence.Exchange;
import io.reelkeeper.proof.check.Evidence.Outage;
import io.reelkeeper.proof.lab.Postgres.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/// Everything that a trial needs, each part in a process of its own, with a link that can fail
/// between any two.
public final class Lab implements AutoCloseable {

  /// Short, so that a trial takes seconds; the order of the figures is as in production.
  /// `unknown-start-wait` stays as it comes: a notice that met a killed service is sent again only
  /// after some seconds, and it is what must bring the sid of a lost start.
  private static final Map<String, String> QUICKLY =
      Map.ofEntries(
          Map.entry("reelkeeper.policy.verify-delay", "1s"),
          Map.entry("reelkeeper.policy.verify-backoff", "1s,1s,2s"),
          Map.entry("reelkeeper.policy.verify-deadline", "45s"),
          Map.entry("reelkeeper.policy.monitor-interval", "5s"),
          Map.entry("reelkeeper.policy.not-found-backoff", "1s,1s,1s"),
          Map.entry("reelkeeper.policy.server-error-backoff", "1s,2s"),
          Map.entry("reelkeeper.policy.doubt-window", "6s"),
          Map.entry("reelkeeper.policy.start-backoff", "1s,1s,1s"),
          Map.entry("reelkeeper.policy.request-backoff", "500ms,1s,2s"),
          Map.entry("reelkeeper.policy.replacements.limit", "50"),
          Map.entry("reelkeeper.provider.answer-timeout", "5s"),
          Map.entry("reelkeeper.provider.domain-rest", "3s"));

  private final Path directory;
  private final Postgres postgres;
  private final FaultProxy databaseLink;
  private final List<FaultProxy> agoraLinks;
  private final FaultProxy front;
  private final Agora agora;
  private final List<Service> services;
  private final Caller caller = new Caller();
  private final List<Outage> outages = new ArrayList<>();
  private int together;

  /// One replica, with the machine's own clock.
  public Lab(String name, long seed, Map<String, String> settings) {
    this(name, seed, settings, List.of(Duration.ZERO));
  }

  /// @param name of the directory below `target/proof` that holds logs and data
  /// @param settings of the services, above those of every lab
  /// @param skews one replica for each, and how wrong its clock is
  public Lab(String name, long seed, Map<String, String> settings, List<Duration> skews) {
    int replicas = skews.size();
    try {
      directory = Files.createDirectories(Path.of("target", "proof", name)).toAbsolutePath();
      Path data = Files.createTempDirectory(directory, "run-");
      Delivered delivered = Delivered.in(Path.of("target", "proof").toAbsolutePath());
      postgres = new Postgres(data.resolve("postgres"));
      databaseLink = new FaultProxy(List.of(postgres.port()));
      List<Integer> ports = new ArrayList<>();
      IntStream.range(0, 2 * replicas).forEach(_ -> ports.add(Ports.free()));
      front = new FaultProxy(ports.subList(0, replicas));
      agora = new Agora(data.resolve("sandbox.log"), uri(front.port()), seed);
      agoraLinks = agora.ports().stream().map(port -> new FaultProxy(List.of(port))).toList();
      services = new ArrayList<>();
      for (int number = 0; number < replicas; number++) {
        Path own = Files.createDirectories(data.resolve("service-" + number));
        services.add(
            new Service(
                delivered,
                own,
                ports.get(number),
                ports.get(replicas + number),
                skews.get(number),
                all(settings)));
        if (!delivered.isTrained()) {
          services.get(number).train();
        }
      }
      services.forEach(Service::awaitReady);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> all(Map<String, String> own) {
    String app = "reelkeeper.apps." + Account.ALIAS + ".";
    String storage = "reelkeeper.storage.primary.";
    String key = "reelkeeper.access.keys[0].";
    Map<String, String> all = new LinkedHashMap<>(QUICKLY);
    all.put("spring.datasource.url", Postgres.url(databaseLink.port()));
    all.put("spring.datasource.username", Postgres.USER);
    all.put("spring.datasource.password", Postgres.USER);
    all.put("reelkeeper.public-url", uri(front.port()).toString());
    all.put("reelkeeper.encryption-key", "cHJvb2Ygb25seSwgbm90IGEgc2VjcmV0IGF0IGFsbCE=");
    all.put(app + "app-id", Account.APP_ID);
    all.put(app + "customer-key", Account.CUSTOMER_KEY);
    all.put(app + "customer-secret", Account.CUSTOMER_SECRET);
    all.put(app + "webhook-secret", Account.WEBHOOK_SECRET);
    all.put(app + "requests-per-second", Integer.toString(Account.REQUESTS_PER_SECOND));
    all.put(app + "concurrent-workers", "1000");
    all.put(app + "domains.primary", uri(agoraLinks.get(0).port()).toString());
    all.put(app + "domains.alternate", uri(agoraLinks.get(1).port()).toString());
    all.put(app + "domains.adjacent", uri(agoraLinks.get(2).port()).toString());
    all.put(storage + "vendor", "aws");
    all.put(storage + "region", "eu-west-1");
    all.put(storage + "bucket", "recordings");
    all.put(storage + "access-key", Account.ACCESS_KEY);
    all.put(storage + "secret-key", Account.SECRET_KEY);
    all.put(storage + "write-only", "true"); // nobody looks into a bucket that is not there
    all.put(key + "name", "proof");
    all.put(key + "sha256", Account.sha256(Account.API_KEY));
    all.put(key + "roles", "admin");
    all.putAll(own);
    return all;
  }

  private static URI uri(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  public Service service() {
    return services.getFirst();
  }

  public List<Service> services() {
    return services;
  }

  public Agora agora() {
    return agora;
  }

  public Postgres postgres() {
    return postgres;
  }

  public Caller caller() {
    return caller;
  }

  /// Between the services and PostgreSQL.
  public FaultProxy databaseLink() {
    return databaseLink;
  }

  /// Between the services and each of Agora's domains.
  public List<FaultProxy> agoraLinks() {
    return agoraLinks;
  }

  /// Between Agora's notices and the services, which take turns.
  public FaultProxy front() {
    return front;
  }

  public JdbcClient jdbc() {
    return postgres.jdbc();
  }

  /// On a machine that is busy for hours a request may be under way so long that it arrives with
  /// the one behind it: so many more than the pace are no violation.
  public Lab letsArriveTogether(int requests) {
    together = requests;
    return this;
  }

  /// As the service comes; but a busy machine may be a minute late.
  private Evidence.Limits limits() {
    return new Evidence.Limits(
        Account.REQUESTS_PER_SECOND + together,
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofSeconds(6));
  }

  /// Remembers that nothing could be done for a while.
  public void away(Instant from) {
    outages.add(new Outage(from, WallClock.now()));
  }

  /// What the session's row says, or empty.
  public String status(UUID session) {
    return jdbc()
        .sql("select status from session where id = ?")
        .param(session)
        .query(String.class)
        .optional()
        .orElse("");
  }

  public Evidence evidence() {
    List<Outage> away =
        Stream.concat(outages.stream(), services.stream().flatMap(it -> it.outages().stream()))
            .toList();
    // What was said first, then what Agora knows, then our tables: none is older than what it must
    // bear out.
    List<Exchange> said = caller.history();
    Instant at = WallClock.now();
    JsonNode ledger = agora.ledger();
    try (Snapshot tables = postgres.snapshot()) {
      return new Gathering(tables.jdbc(), ledger)
          .evidence(at, limits(), said, away, logs(), Account.secrets());
    }
  }

  private Map<String, String> logs() {
    Map<String, String> logs = new LinkedHashMap<>();
    for (Service service : services) {
      try {
        logs.put(service.log().toString(), Files.readString(service.log()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return logs;
  }

  @Override
  public void close() {
    services.forEach(Service::close);
    agora.close();
    postgres.close();
    databaseLink.close();
    agoraLinks.forEach(FaultProxy::close);
    front.close();
    caller.close();
  }
}
