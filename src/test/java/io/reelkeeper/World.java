package io.reelkeeper;

import io.reelkeeper.core.TaskId;
import io.reelkeeper.notification.InboxPump;
import io.reelkeeper.provider.ClockPause;
import io.reelkeeper.sandbox.Faults;
import io.reelkeeper.sandbox.Ledger;
import io.reelkeeper.sandbox.Sandbox;
import io.reelkeeper.timer.DueTimers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole service with its sandbox, bucket and database, on a clock that a test moves.
///
/// One world serves all tests of the JVM; each begins with an empty database, a sandbox without
/// faults, and a day of its own.
public final class World {

  static final String KEY = "rk_test_world";

  /// May see `classroom`, and change nothing.
  static final String READER = "rk_test_reader";

  /// May operate `classroom`, and nothing else.
  static final String OPERATOR = "rk_test_operator";

  /// What the profile `temporary` reads its credentials from; a test writes it.
  static final Path STORAGE_TOKEN = Path.of("target", "world-storage-token.json").toAbsolutePath();

  private static final class Started {
    static final World ONE = new World();
  }

  private final TestClock clock = TestClock.at("2026-03-01T10:00:00Z");
  private final TestDatabase database = TestDatabase.migrated();
  private final BucketServer buckets =
      BucketServer.inMemory("access", "secret")
          .withBucket("recordings")
          .withBucket("elsewhere")
          .withBucket("vault");
  private final List<Integer> ports = freePorts(5);
  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonMapper json = JsonMapper.builder().build();
  private final ConfigurableApplicationContext context;

  private Instant began = clock.instant();

  private World() {
    Beans.clock = clock;
    context = run(properties());
  }

  private static ConfigurableApplicationContext run(Map<String, Object> properties) {
    return new SpringApplicationBuilder(Reelkeeper.class, Beans.class)
        .run(
            properties.entrySet().stream()
                .map(it -> "--" + it.getKey() + "=" + it.getValue())
                .toArray(String[]::new));
  }

  /// One more of the service on the same database, the same clock and the same sandbox.
  final class Replica implements AutoCloseable {
    private final ConfigurableApplicationContext another;
    private final URI url;

    private Replica(Map<String, Object> changes) {
      List<Integer> own = freePorts(2);
      Map<String, Object> all = properties();
      all.put("server.port", own.get(0));
      all.put("management.server.port", own.get(1));
      all.put("reelkeeper.sandbox.enabled", false);
      all.putAll(changes);
      url = URI.create("http://127.0.0.1:" + own.get(0));
      another = run(all);
    }

    /// Asks as the first replica is asked, and does not wait for the start.
    HttpResponse<String> asks(String body) {
      return send(request(url, "/v1/sessions").POST(BodyPublishers.ofString(body)), 0);
    }

    /// Lets time pass while this replica does all the work and the first one none.
    void passesSeconds(int seconds) {
      for (int i = 0; i < seconds; i++) {
        clock.advance(Duration.ofSeconds(1));
        sandbox().runDue();
        another.getBean(InboxPump.class).runDue();
        another.getBean(DueTimers.class).runDue();
      }
    }

    @Override
    public void close() {
      another.close();
    }
  }

  /// @param changes settings in which it differs
  Replica replica(Map<String, Object> changes) {
    return new Replica(changes);
  }

  static World fresh() {
    World world = Started.ONE;
    world.reset();
    return world;
  }

  @TestConfiguration(proxyBeanMethods = false)
  @Import({ClockPause.class, DueTimers.class, RecordedSpans.class})
  static class Beans {
    static TestClock clock = TestClock.at("2026-03-01T10:00:00Z");

    @Bean
    @Primary
    TestClock testClock() {
      return clock;
    }
  }

  private Map<String, Object> properties() {
    Map<String, Object> all = new HashMap<>();
    all.put("server.port", ports.get(0));
    all.put("management.server.port", ports.get(1));
    all.put("reelkeeper.public-url", "http://127.0.0.1:" + ports.get(0));
    all.put("spring.datasource.url", database.url());
    all.put("spring.datasource.username", database.user());
    all.put("spring.datasource.password", database.password());
    all.put("reelkeeper.timers.live", false);
    all.put("reelkeeper.inbox.live", false);
    all.put("reelkeeper.outbox.live", false);
    all.put("reelkeeper.storage-check.live", false);
    all.put("reelkeeper.sweep-every", "1h");
    all.put("reelkeeper.gauges-every", "1h");
    all.put("reelkeeper.encryption-key", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    all.put("reelkeeper.sandbox.enabled", true);
    all.put(
        "reelkeeper.sandbox.ports", "%s,%s,%s".formatted(ports.get(2), ports.get(3), ports.get(4)));
    all.put("reelkeeper.sandbox.requests-per-second", 0);
    all.put("reelkeeper.sandbox.slice-limit", "1KB");
    app(all, "classroom", "970ca35de60c44645bbae8a215061b33", "127.0.0.1");
    // A name that no server knows: the difference between DNS and the network.
    app(all, "nameless", "970ca35de60c44645bbae8a215061b34", "agora.invalid");
    app(all, "narrow", "970ca35de60c44645bbae8a215061b35", "127.0.0.1");
    all.put("reelkeeper.apps.narrow.concurrent-workers", 2);
    app(all, "minting", "970ca35de60c44645bbae8a215061b36", "127.0.0.1");
    all.put("reelkeeper.apps.minting.app-certificate", "5cfd2fd1755d40ecb72977518be15d3b");
    all.put("reelkeeper.storage.temporary.vendor", "aws");
    all.put("reelkeeper.storage.temporary.region", "EU_CENTRAL_1");
    all.put("reelkeeper.storage.temporary.bucket", "recordings");
    all.put("reelkeeper.storage.temporary.access-key", "access");
    all.put("reelkeeper.storage.temporary.secret-key", "secret");
    all.put("reelkeeper.storage.temporary.sts.token-file", STORAGE_TOKEN);
    all.put("reelkeeper.apps.narrow.web-workers.sd", 4);
    all.put("reelkeeper.apps.narrow.web-workers.hd", 3);
    all.put("reelkeeper.apps.narrow.web-workers.fhd", 2);
    all.put("reelkeeper.storage.primary.vendor", "s3-compatible");
    all.put("reelkeeper.storage.primary.bucket", "recordings");
    all.put("reelkeeper.storage.primary.access-key", "access");
    all.put("reelkeeper.storage.primary.secret-key", "secret");
    all.put("reelkeeper.storage.primary.endpoint", buckets.endpoint());
    // The provider that an application may have meant instead.
    all.put("reelkeeper.storage.backup.vendor", "s3-compatible");
    all.put("reelkeeper.storage.backup.bucket", "elsewhere");
    all.put("reelkeeper.storage.backup.access-key", "access");
    all.put("reelkeeper.storage.backup.secret-key", "secret");
    all.put("reelkeeper.storage.backup.endpoint", buckets.endpoint());
    all.put("reelkeeper.storage.vault.vendor", "s3-compatible");
    all.put("reelkeeper.storage.vault.bucket", "vault");
    all.put("reelkeeper.storage.vault.access-key", "access");
    all.put("reelkeeper.storage.vault.secret-key", "secret");
    all.put("reelkeeper.storage.vault.endpoint", buckets.endpoint());
    all.put("reelkeeper.storage.vault.write-only", true);
    // One that takes nothing: nobody listens on this port.
    all.put("reelkeeper.subscribers.deaf.url", "http://127.0.0.1:1/hooks");
    all.put("reelkeeper.subscribers.deaf.allow-private", true);
    all.put("reelkeeper.subscribers.deaf.secret", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3");
    all.put("reelkeeper.access.keys[0].name", "test");
    all.put("reelkeeper.access.keys[0].sha256", sha256(KEY));
    all.put("reelkeeper.access.keys[0].roles", "admin");
    key(all, 1, "reader", READER, "read", "classroom");
    key(all, 2, "operator", OPERATOR, "operate", "classroom");
    return all;
  }

  private static void key(
      Map<String, Object> all, int number, String name, String key, String role, String apps) {
    String prefix = "reelkeeper.access.keys[%d].".formatted(number);
    all.put(prefix + "name", name);
    all.put(prefix + "sha256", sha256(key));
    all.put(prefix + "roles", role);
    all.put(prefix + "apps", apps);
  }

  private void app(Map<String, Object> all, String alias, String appId, String primary) {
    String app = "reelkeeper.apps." + alias + ".";
    all.put(app + "app-id", appId);
    all.put(app + "customer-key", "key");
    all.put(app + "customer-secret", "secret");
    all.put(app + "webhook-secret", "webhook-secret");
    all.put(app + "requests-per-second", 1000);
    all.put(app + "concurrent-workers", 100);
    all.put(app + "domains.primary", "http://" + primary + ":" + ports.get(2));
    all.put(app + "domains.alternate", "http://127.0.0.1:" + ports.get(3));
    all.put(app + "domains.adjacent", "http://127.0.0.1:" + ports.get(4));
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

  private static List<Integer> freePorts(int count) {
    try {
      List<ServerSocket> sockets = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0));
      }
      List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void reset() {
    sandbox().reset();
    sandbox().ledger().running().stream()
        .map(Ledger.Recording::cname)
        .distinct()
        .forEach(sandbox()::kill);
    // What Agora still has to say about the last test is said before its traces are wiped out.
    bean(RecordedSpans.class).forget();
    began = clock.advance(Duration.ofDays(1));
    sandbox().runDue();
    buckets.heals();
    buckets.clear("recordings");
    buckets.clear("elsewhere");
    buckets.clear("vault");
    jdbc()
        .sql(
            """
            truncate session, task, signal_history, recorded_file, idempotency_key, outbox, inbox,
              provider_call, scheduled_tasks, task_audit, audited_file, ha_watchdog,
              subscriber, subscriber_line
            """)
        .update();
  }

  /// The recorders that Agora ran in this test, ended or not.
  List<Ledger.Recording> recorders() {
    return sandbox().ledger().recordings().stream()
        .filter(it -> !it.startedAt().isBefore(began))
        .toList();
  }

  List<Ledger.Recording> running() {
    return recorders().stream().filter(Ledger.Recording::runs).toList();
  }

  /// What Agora was asked in this test.
  List<Ledger.Request> requests(String operation) {
    return sandbox().ledger().requests(operation).stream()
        .filter(it -> !it.at().isBefore(began))
        .toList();
  }

  Sandbox sandbox() {
    return context.getBean(Sandbox.class);
  }

  Faults faults() {
    return sandbox().faults();
  }

  BucketServer buckets() {
    return buckets;
  }

  JdbcClient jdbc() {
    return database.jdbc();
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  Instant now() {
    return clock.instant();
  }

  /// Asks for a recording without waiting for it, lets the start happen, and shows the session.
  Recording starts(String channel) {
    return starts(channel, "");
  }

  /// @param more members of the request, such as `"assurance": "critical"`
  Recording starts(String channel, String more) {
    return recording(asks(channel, more));
  }

  Recording starts(String channel, String mode, String storage, String more) {
    return recording(
        post(
            "/v1/sessions",
            """
            {"app": "classroom", "channel": "%s", "mode": "%s", "storage": "%s"%s}
            """
                .formatted(channel, mode, storage, more.isEmpty() ? "" : ", " + more)));
  }

  /// Lets the start that was answered so happen.
  Recording recording(HttpResponse<String> answer) {
    if (answer.statusCode() > 299) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    Recording recording =
        new Recording(UUID.fromString(json.readTree(answer.body()).path("id").stringValue()));
    settle();
    return recording;
  }

  HttpResponse<String> asks(String channel, String more) {
    return post(
        "/v1/sessions",
        """
        {"app": "classroom", "channel": "%s", "mode": "composite", "storage": "primary"%s}
        """
            .formatted(channel, more.isEmpty() ? "" : ", " + more));
  }

  /// Asks for a recording of a web page that includes the probe.
  ///
  /// @param app alias
  /// @param web members of `web` besides the address, such as `"readyTimeout": 30`
  HttpResponse<String> asksForPage(String app, String name, String web) {
    return post(
        "/v1/sessions",
        """
        {"app": "%s", "channel": "%s", "mode": "web", "storage": "primary",
         "web": {"url": "http://127.0.0.1:1/room?class=7#whiteboard"%s}, "page": {"probe": true}}
        """
            .formatted(app, name, web.isEmpty() ? "" : ", " + web));
  }

  Recording startsPage(String name, String web) {
    return recording(asksForPage("classroom", name, web));
  }

  /// Where the service is reached from outside.
  URI url() {
    return URI.create("http://127.0.0.1:" + ports.get(0));
  }

  HttpResponse<String> post(String path, String body) {
    return send("POST", path, body);
  }

  HttpResponse<String> send(String method, String path, String body) {
    return send(method, path, body, 0);
  }

  /// Waits as long as a caller may.
  HttpResponse<String> patiently(String method, String path, String body) {
    return send(method, path, body, 60);
  }

  private HttpResponse<String> send(String method, String path, String body, int wait) {
    return send(request(path).method(method, BodyPublishers.ofString(body)), wait);
  }

  private HttpResponse<String> send(HttpRequest.Builder request, int wait) {
    return send(
        request.header("Content-Type", "application/json").header("Prefer", "wait=" + wait));
  }

  /// Sends a notification as Agora would, signed, and lets it be taken in.
  ///
  /// @param details the JSON object of that name
  World notified(int eventType, String sid, String cname, String uid, String details) {
    String body =
        """
        {"noticeId":"%s","productId":3,"eventType":%d,"notifyMs":%d,"payload":{"cname":"%s",\
        "uid":"%s","sid":"%s","sequence":%d,"sendts":%d,"serviceType":0,"details":%s}}\
        """
            .formatted(
                UUID.randomUUID(),
                eventType,
                clock.millis(),
                cname,
                uid,
                sid,
                100 + eventType,
                clock.millis(),
                details);
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + ports.get(0) + "/webhooks/agora/classroom"))
                .header("Content-Type", "application/json")
                .header("Agora-Signature-V2", hmac(body))
                .POST(BodyPublishers.ofString(body)));
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return settle();
  }

  private static String hmac(String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec("webhook-secret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<String> get(String path) {
    return send(request(path).GET());
  }

  /// What Prometheus would be told now.
  ///
  /// @param format such as `text/plain`
  String metrics(String format) {
    context.getBeansOfType(ScheduledTaskHolder.class).values().stream()
        .flatMap(holder -> holder.getScheduledTasks().stream())
        .filter(task -> task.toString().matches(".*\\.(Vitals|SessionMeters)\\..*"))
        .forEach(task -> task.getTask().getRunnable().run());
    return send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + ports.get(1) + "/actuator/prometheus"))
            .header("Accept", format)
            .GET())
        .body();
  }

  private HttpRequest.Builder request(String path) {
    return request(url(), path);
  }

  private static HttpRequest.Builder request(URI service, String path) {
    return HttpRequest.newBuilder(service.resolve(path))
        .header("Authorization", "Bearer " + KEY)
        .timeout(Duration.ofSeconds(60));
  }

  /// Asks again, as it is told to, where a busy machine let the database be silent for a second.
  private HttpResponse<String> send(HttpRequest.Builder request) {
    return Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> once(request), it -> !it.body().contains("/problems/database-unavailable"));
  }

  private HttpResponse<String> once(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Runs everything that is due now, and what that makes due.
  World settle() {
    int ran;
    do {
      sandbox().runDue();
      context.getBean(InboxPump.class).runDue();
      ran = context.getBean(DueTimers.class).runDue();
    } while (ran > 0);
    return this;
  }

  /// Lets time pass second by second; everything happens in its time.
  World passes(Duration time) {
    Instant end = clock.instant().plus(time);
    while (clock.instant().isBefore(end)) {
      Duration left = Duration.between(clock.instant(), end);
      Duration second = Duration.ofSeconds(1);
      clock.advance(left.compareTo(second) < 0 ? left : second);
      settle();
    }
    return this;
  }

  /// Lets time pass at once: for the hours in which nothing is due but what is set for their end.
  World jumps(Duration time) {
    clock.advance(time);
    return settle();
  }

  World passesSeconds(long seconds) {
    return passes(Duration.ofSeconds(seconds));
  }

  /// One session, seen from outside.
  final class Recording {
    final UUID id;

    private Recording(UUID id) {
      this.id = id;
    }

    JsonNode shown() {
      HttpResponse<String> answer = get("/v1/sessions/" + id);
      if (answer.statusCode() != 200) {
        throw new AssertionError(answer.statusCode() + " " + answer.body());
      }
      return json.readTree(answer.body());
    }

    String status() {
      return shown().path("status").stringValue();
    }

    HttpResponse<String> patched(String body) {
      return send("PATCH", "/v1/sessions/" + id, body);
    }

    HttpResponse<String> laidOut(String body) {
      return send("PUT", "/v1/sessions/" + id + "/layout", body);
    }

    /// The `clientRequest`s of an operation as the call list shows them, oldest first.
    List<JsonNode> sent(String operation) {
      return json.readTree(get("/v1/sessions/" + id + "/calls?limit=200").body())
          .path("items")
          .valueStream()
          .filter(call -> call.path("operation").stringValue().equals(operation))
          .map(call -> call.path("request").path("clientRequest"))
          .toList();
    }

    /// The word of the audit.
    String audit() {
      return shown().path("audit").path("status").stringValue();
    }

    /// What the audit found, such as `missing-file | <profile> | <file> | <detail>`.
    List<String> findings() {
      return shown()
          .path("audit")
          .path("findings")
          .valueStream()
          .map(
              it ->
                  String.join(
                      " | ",
                      it.path("kind").asString(""),
                      it.path("profile").asString(""),
                      it.path("file").asString(""),
                      it.path("detail").asString("")))
          .toList();
    }

    String reason() {
      return shown().path("reason").asString("");
    }

    /// The words at the front of the evidence.
    String summary() {
      return Objects.requireNonNull(evidence().get("summary.md"));
    }

    /// The evidence, file by file.
    Map<String, String> evidence() {
      try {
        HttpResponse<byte[]> answer =
            http.send(
                request("/v1/sessions/" + id + "/evidence").GET().build(),
                BodyHandlers.ofByteArray());
        var zip = new ZipInputStream(new ByteArrayInputStream(answer.body()));
        var files = new TreeMap<String, String>();
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
        }
        return files;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    /// The words of the tasks, such as `ended/requested live/not-found`.
    String tasks() {
      return String.join(
          " ",
          shown()
              .path("tasks")
              .valueStream()
              .map(it -> it.path("status").stringValue() + "/" + it.path("cause").stringValue())
              .toList());
    }

    JsonNode task(int index) {
      return shown().path("tasks").path(index);
    }

    TaskId taskId(int number) {
      return new TaskId(id, number);
    }

    Recording stops() {
      HttpResponse<String> answer = post("/v1/sessions/" + id + "/stop", "");
      if (answer.statusCode() > 299) {
        throw new AssertionError(answer.statusCode() + " " + answer.body());
      }
      settle();
      return this;
    }

    List<String> rules() {
      return jdbc()
          .sql("select rule from signal_history where session_id = ? order by id")
          .param(id)
          .query((row, _) -> row.getString(1))
          .list();
    }
  }
}
