package io.reelkeeper.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.reelkeeper.BucketServer;
import io.reelkeeper.TestClock;
import io.reelkeeper.sandbox.SandboxSettings.App;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A customer of the sandbox: speaks its REST calls, receives its notices, owns a bucket and the
/// clock.
final class Customer implements AutoCloseable {

  static final String APP_ID = "970ca35de60c44645bbae8a215061b33";
  static final String SECRET = "7f6d1c0b9e8a4f2d";
  static final JsonMapper JSON = JsonMapper.builder().build();

  /// One for all tests, since it starts slowly; each customer finds it empty.
  private static final BucketServer BUCKETS =
      BucketServer.inMemory("AK", "SK").withBucket("recordings");

  /// One notice as it arrived.
  record Heard(byte[] body, String v1, String v2, JsonNode json) {
    int type() {
      return json.path("eventType").asInt();
    }

    JsonNode payload() {
      return json.path("payload");
    }

    JsonNode details() {
      return payload().path("details");
    }
  }

  record Answer(int status, JsonNode body) {
    int code() {
      return body.path("code").asInt(0);
    }

    JsonNode server() {
      return body.path("serverResponse");
    }
  }

  /// What a start gave, and how to go on with it.
  record Task(String cname, String uid, String resourceId, String sid, String mode) {}

  final TestClock clock = TestClock.at("2026-03-01T10:00:00Z");
  final AtomicLong traffic = new AtomicLong();
  final List<Heard> heard = new CopyOnWriteArrayList<>();
  final BucketServer bucket = BUCKETS;
  private final App app;
  volatile Runnable onNotice = () -> {};
  Sandbox sandbox;
  final SandboxSettings settings;
  volatile int answersNotices = 200;
  final List<String> reports = new CopyOnWriteArrayList<>();
  volatile int answersReports = 204;
  volatile boolean unhurried = true;
  private final HttpServer receiver;
  private final HttpClient http = HttpClient.newHttpClient();

  Customer() {
    this(settings -> settings, app("classroom"));
  }

  Customer(UnaryOperator<SandboxSettings> change, App app) {
    try {
      receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    bucket.clear("recordings");
    receiver.createContext("/webhooks/agora/classroom", this::receive);
    receiver.createContext("/page/token", this::hear);
    receiver.start();
    settings =
        change.apply(
            SandboxSettings.onFreePorts()
                .withWebhookBase(URI.create("http://127.0.0.1:" + receiver.getAddress().getPort()))
                .withBucketEndpoint(bucket.endpoint()));
    this.app = app;
    sandbox = another();
    sandbox.open();
  }

  static App app(String alias) {
    return new App(APP_ID, alias + "-key", "customer-secret", SECRET, null, 10, 50, null);
  }

  /// The same sandbox in a new process; its time stands still until it is asked or started.
  Sandbox restarted() {
    sandbox = another();
    if (settings.stateFile() != null) {
      sandbox.open();
    }
    return sandbox;
  }

  private Sandbox another() {
    return new Sandbox(settings, Map.of("classroom", app), clock, new Random(7), traffic::get);
  }

  // --- time

  void passes(Duration time) {
    clock.advance(time);
    sandbox.runDue();
  }

  // --- calls

  Answer acquire(String cname, String uid) {
    return acquire(cname, uid, "{}");
  }

  Answer acquire(String cname, String uid, String request) {
    return post("/acquire", body(cname, uid, request));
  }

  Answer start(String resourceId, String cname, String uid, String mode, String request) {
    return post(
        "/resourceid/" + resourceId + "/mode/" + mode + "/start", body(cname, uid, request));
  }

  /// Acquires and starts, which must succeed.
  Task starts(String cname, String uid, String mode, String request) {
    String scene = mode.equals("web") ? "{\"scene\":1}" : "{}";
    String resource = acquire(cname, uid, scene).body().path("resourceId").asString();
    Answer started = start(resource, cname, uid, mode, request);
    if (started.status() != 200) {
      throw new AssertionError("start was answered " + started);
    }
    return new Task(cname, uid, resource, started.body().path("sid").asString(), mode);
  }

  Task startsMix(String cname) {
    return starts(cname, "4000000017", "mix", mix("hls"));
  }

  Answer query(Task task) {
    return send("GET", control(task) + "query", "");
  }

  Answer stop(Task task) {
    return stop(task, "{}");
  }

  Answer stop(Task task, String request) {
    return post(control(task) + "stop", body(task.cname(), task.uid(), request));
  }

  Answer update(Task task, String request) {
    return post(control(task) + "update", body(task.cname(), task.uid(), request));
  }

  Answer updateLayout(Task task, String request) {
    return post(control(task) + "updateLayout", body(task.cname(), task.uid(), request));
  }

  private static String control(Task task) {
    return "/resourceid/%s/sid/%s/mode/%s/".formatted(task.resourceId(), task.sid(), task.mode());
  }

  Answer post(String path, String body) {
    return send("POST", path, body);
  }

  Answer send(String method, String path, String body) {
    return exchange(
        request(method, "/v1/apps/" + APP_ID + "/cloud_recording" + path, body).build());
  }

  HttpRequest.Builder request(String method, String path, String body) {
    if (unhurried) {
      traffic.addAndGet(Duration.ofSeconds(1).toNanos());
    }
    return HttpRequest.newBuilder(sandbox.domains().getFirst().resolve(path))
        .header("Content-Type", "application/json")
        .header("Authorization", basic("classroom-key", "customer-secret"))
        .method(method, BodyPublishers.ofString(body));
  }

  Answer exchange(HttpRequest request) {
    HttpResponse<String> answer = exchangeRaw(request);
    return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
  }

  HttpResponse<String> exchangeRaw(HttpRequest request) {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static String basic(String user, String password) {
    return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
  }

  // --- bodies

  static String body(String cname, String uid, String request) {
    return JSON.writeValueAsString(
        Map.of("cname", cname, "uid", uid, "clientRequest", JSON.readTree(request)));
  }

  static String storage() {
    return """
    {"vendor":1,"region":7,"bucket":"recordings","accessKey":"AK","secretKey":"SK",
     "fileNamePrefix":["lessons","math101"]}\
    """;
  }

  static String mix(String... types) {
    return """
    {"recordingConfig":{"channelType":1,"maxIdleTime":60},
     "recordingFileConfig":{"avFileType":%s},"storageConfig":%s}\
    """
        .formatted(JSON.writeValueAsString(types), storage());
  }

  static String individual() {
    return """
    {"recordingConfig":{"channelType":1,"subscribeUidGroup":0},"storageConfig":%s}\
    """
        .formatted(storage());
  }

  static String web(String more) {
    return """
    {"extensionServiceConfig":{"errorHandlePolicy":"error_abort","extensionServices":[
      {"serviceName":"web_recorder_service","errorHandlePolicy":"error_abort","serviceParam":
        {"url":"https://example.org/room/17","audioProfile":0,"videoWidth":1280,
         "videoHeight":720,"maxRecordingHour":3%s}}]},
     "recordingFileConfig":{"avFileType":["hls","mp4"]},"storageConfig":%s}\
    """
        .formatted(more, storage());
  }

  // --- notices

  private void hear(HttpExchange exchange) throws IOException {
    reports.add(exchange.getRequestURI().getPath());
    exchange.sendResponseHeaders(answersReports, -1);
    exchange.close();
  }

  private void receive(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    heard.add(
        new Heard(
            body,
            exchange.getRequestHeaders().getFirst("Agora-Signature"),
            exchange.getRequestHeaders().getFirst("Agora-Signature-V2"),
            JSON.readTree(body)));
    onNotice.run();
    exchange.sendResponseHeaders(answersNotices, 2);
    exchange.getResponseBody().write("{}".getBytes(UTF_8));
    exchange.close();
  }

  List<Integer> types() {
    return heard.stream().map(Heard::type).toList();
  }

  List<Heard> heard(int type) {
    return heard.stream().filter(notice -> notice.type() == type).toList();
  }

  Heard theOne(int type) {
    List<Heard> all = heard(type);
    if (all.size() != 1) {
      throw new AssertionError("notices of type " + type + ": " + all.size() + " in " + types());
    }
    return all.getFirst();
  }

  List<String> files() {
    return bucket.keys("recordings", "");
  }

  String file(String key) {
    return new String(bucket.read("recordings", key), UTF_8);
  }

  @Override
  public void close() {
    sandbox.close();
    receiver.stop(0);
    http.close();
  }
}
