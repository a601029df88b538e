package io.reelkeeper.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.reelkeeper.TestDatabase;
import io.reelkeeper.session.Sessions.Route;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity.CsrfSpec;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/// The webhook through its port, on a real database.
@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.threads.virtual.enabled=true",
      "spring.task.execution.mode=force",
      "management.endpoint.health.validate-group-membership=false",
      "reelkeeper.inbox.live=false",
      "reelkeeper.apps.classroom.webhook-secret=old-secret,secret",
      "reelkeeper.apps.classroom.app-id=970ca35de60c44645bbae8a215061b33",
      "reelkeeper.apps.classroom.customer-key=key",
      "reelkeeper.apps.classroom.customer-secret=secret",
      "reelkeeper.apps.classroom.domains.primary=http://localhost:9",
      "reelkeeper.apps.silent.app-id=970ca35de60c44645bbae8a215061b34",
      "reelkeeper.apps.silent.customer-key=key",
      "reelkeeper.apps.silent.customer-secret=secret",
      "reelkeeper.apps.silent.domains.primary=http://localhost:9"
    })
class NotificationHandlerTest {

  private static final TestDatabase DATABASE = TestDatabase.migrated();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @EnableConfigurationProperties(NotificationSettings.class)
  @Import({
    NotificationHandler.class,
    NotificationRoutes.class,
    Intake.class,
    IntakePool.class,
    Inbox.class,
    Gaps.class,
    Counts.class
  })
  static class OnlyNotifications {

    @Bean
    @SuppressWarnings("TimeZoneUsage") // connections and commits take real time here
    Clock clock() {
      return Clock.systemUTC();
    }

    @Bean
    InboxPump pump(
        Inbox inbox, Gaps gaps, Counts counts, NotificationSettings settings, Clock clock) {
      return new InboxPump(
          inbox,
          gaps,
          counts,
          settings,
          clock,
          (app, notice) -> new Route.Nobody(),
          (session, notice) -> {},
          (app, at) -> {});
    }

    @Bean
    SecurityWebFilterChain open(ServerHttpSecurity security) {
      return security
          .csrf(CsrfSpec::disable)
          .authorizeExchange(exchange -> exchange.anyExchange().permitAll())
          .build();
    }
  }

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry properties) {
    DATABASE.register(properties);
  }

  @AfterAll
  static void close() {
    DATABASE.close();
  }

  @LocalServerPort private int port;
  @Autowired private MeterRegistry meters;

  @BeforeEach
  void empty() {
    DATABASE.jdbc().sql("truncate inbox").update();
  }

  @Test
  void aSignedNotificationIsKeptAndAnsweredWithJson() throws Exception {
    HttpResponse<String> answer = send(notice("n1"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{}");
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(kept()).containsExactly("n1");
    assertThat(
            meters
                .get("reelkeeper.notification.acknowledgement")
                .tag("app", "classroom")
                .timer()
                .count())
        .isPositive();
  }

  @Test
  void onlyPostIsTaken() throws Exception {
    for (String method : List.of("GET", "PUT", "DELETE", "OPTIONS")) {
      HttpResponse<String> answer =
          CLIENT.send(
              HttpRequest.newBuilder(URI.create(address("classroom")))
                  .method(method, BodyPublishers.noBody())
                  .build(),
              BodyHandlers.ofString());

      assertThat(answer.statusCode()).as(method).isEqualTo(405);
    }
  }

  @Test
  void aRepeatedNotificationIsAnsweredAlikeAndHasNoEffect() throws Exception {
    double before = count("accepted");
    assertThat(send(notice("n1")).statusCode()).isEqualTo(200);
    assertThat(send(notice("n1")).statusCode()).isEqualTo(200);

    assertThat(count("accepted") - before).isEqualTo(1);
    assertThat(kept()).containsExactly("n1");
    assertThat(
            meters
                .get("reelkeeper.notifications")
                .tags("app", "classroom", "type", "40", "result", "duplicate")
                .counter()
                .count())
        .isGreaterThanOrEqualTo(1);
  }

  @Test
  void eitherSignatureAndEitherSecretWillDo() throws Exception {
    String body = notice("n1");

    assertThat(send(body, Signature.V1, sign("HmacSHA1", "secret", body)).statusCode())
        .isEqualTo(200);
    assertThat(send(body, Signature.V2, sign("HmacSHA256", "old-secret", body)).statusCode())
        .isEqualTo(200);
    assertThat(
            send(
                    body,
                    Signature.V1,
                    "wrong",
                    Signature.V2,
                    sign("HmacSHA256", "secret", body).toUpperCase(java.util.Locale.ROOT))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void anUnsignedOrForgedNotificationIsRefusedUnread(CapturedOutput output) throws Exception {
    String body = notice("n1");

    for (HttpResponse<String> answer :
        List.of(
            send(body, "X-Nothing", "x"),
            send(body, Signature.V2, "0".repeat(64)),
            send(body, Signature.V2, sign("HmacSHA256", "other", body)),
            send(
                body, Signature.V2, "0".repeat(64), Signature.V1, sign("HmacSHA1", "secret", body)),
            send("not json", Signature.V2, "0".repeat(64)),
            send("", "X-Nothing", "x"))) {
      assertProblem(answer, 401, "unauthorized");
    }
    assertThat(kept()).isEmpty();
    assertThat(output.getOut()).doesNotContain("signature", "secret");
  }

  @Test
  void anAppWithoutASecretHasNoWebhook() throws Exception {
    String body = notice("n1");
    for (String app : List.of("silent", "nobody", "classroom%00", "%2e%2e")) {
      HttpResponse<String> answer =
          CLIENT.send(
              request(app, body.getBytes(UTF_8))
                  .header(Signature.V2, sign("HmacSHA256", "secret", body))
                  .build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(app).isBetween(400, 404);
    }
    assertThat(kept()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "not json", "{}", "[{\"noticeId\":\"a\"},{}]", "{\"noticeId\":\"a\"}x"})
  void whatIsNoNotificationIsRefusedAndNothingOfItIsKept(String body) throws Exception {
    assertProblem(send(body), 400, "invalid-request");
    assertThat(kept()).isEmpty();
  }

  @Test
  void anArrayIsItsElements() throws Exception {
    assertThat(send("[]").statusCode()).isEqualTo(200);
    assertThat(send("[" + notice("a") + "," + notice("b") + "," + notice("a") + "]").statusCode())
        .isEqualTo(200);

    assertThat(kept()).containsExactly("a", "b");
  }

  @Test
  void strangeNotificationsAreKeptAsTheyCame() throws Exception {
    String deep = "{\"noticeId\":\"deep\",\"x\":" + "[".repeat(50_000) + "]".repeat(50_000) + "}";
    String nul =
        "{\"noticeId\":\"nul\\u0000\",\"payload\":{\"sid\":\"\\u0000\",\"cname\":\"\\ud800\"}}";
    String twice = "{\"noticeId\":\"x\",\"noticeId\":\"twice\",\"eventType\":40,\"eventType\":[]}";
    String huge = "{\"noticeId\":\"huge\",\"eventType\":" + "9".repeat(10_000) + "}";
    String quotes = "{\"noticeId\":\"a\\\"b,{}\\\\'\",\"sid\":\"NULL\"}";

    for (String body : List.of(deep, nul, twice, huge, quotes)) {
      assertThat(send(body).statusCode()).isEqualTo(200);
    }

    assertThat(kept())
        .containsExactlyInAnyOrder("a\"b,{}\\'", "deep", "huge", "nul\uFFFD", "twice");
    assertThat(
            DATABASE
                .jdbc()
                .sql("select convert_from(body, 'UTF8') from inbox")
                .query(String.class)
                .list())
        .containsExactlyInAnyOrder(deep, nul, twice, huge, quotes);
  }

  @Test
  void theLargestAllowedIsTakenAndNothingBeyond() throws Exception {
    String largest = padded(256 * 1024);

    assertThat(send(largest).statusCode()).isEqualTo(200);
    assertProblem(send(padded(256 * 1024 + 1)), 413, "payload-too-large");
    assertProblem(send(padded(10 * 1024 * 1024)), 413, "payload-too-large");
    assertThat(kept()).hasSize(1);
  }

  @Test
  void aBodyThatNeverEndsIsRefusedWhileItIsRead() throws Exception {
    try (var socket = new Socket("localhost", port)) {
      OutputStream out = socket.getOutputStream();
      out.write(
          """
          POST /webhooks/agora/classroom HTTP/1.1\r
          Host: localhost\r
          Content-Type: application/json\r
          Transfer-Encoding: chunked\r
          \r
          """
              .getBytes(UTF_8));
      byte[] chunk = ("400\r\n" + " ".repeat(1024) + "\r\n").getBytes(UTF_8);
      for (int sent = 0; sent <= 256; sent++) {
        out.write(chunk); // and the last chunk never comes
      }
      out.flush();

      var answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      assertThat(answer.readLine()).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void itIsAnsweredOnlyAfterTheCommit() throws Exception {
    CompletableFuture<HttpResponse<String>> answer;
    try (var blocker = DATABASE.dataSource().getConnection();
        var statement = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      statement.execute("lock table inbox in exclusive mode");
      answer = CLIENT.sendAsync(signed(notice("n1")), BodyHandlers.ofString());
      Awaitility.await()
          .until(
              () ->
                  DATABASE
                      .jdbc()
                      .sql("select count(*) from pg_locks where not granted")
                      .query(Long.class)
                      .single(),
              waiting -> waiting > 0);

      assertThat(answer).isNotDone();
      blocker.rollback();
    }
    assertThat(answer.get().statusCode()).isEqualTo(200);
    assertThat(kept()).containsExactly("n1");
  }

  @Test
  void whatComesAtOnceIsAllKept() {
    List<CompletableFuture<HttpResponse<String>>> answers =
        IntStream.range(0, 300)
            .mapToObj(
                number -> CLIENT.sendAsync(signed(notice("n" + number)), BodyHandlers.ofString()))
            .toList();

    assertThat(answers).allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
    assertThat(kept()).hasSize(300);
  }

  @Test
  void whileTheDatabaseIsAwayAgoraIsAskedToSendAgain() throws Exception {
    Awaitility.await().until(() -> send(notice("before")).statusCode(), status -> status == 200);
    databaseTakesConnections(false);
    try {
      for (String body : List.of(notice("n1"), notice("n2"), "[" + notice("n3") + "]")) {
        assertProblem(send(body), 503, "database-unavailable");
      }
    } finally {
      databaseTakesConnections(true);
    }

    Awaitility.await().until(() -> send(notice("n1")).statusCode(), status -> status == 200);
    assertThat(kept()).contains("before", "n1").doesNotContain("n3");
  }

  private static void databaseTakesConnections(boolean yes) throws Exception {
    String name = DATABASE.url().substring(DATABASE.url().lastIndexOf('/') + 1);
    String server = DATABASE.url().replace("/" + name, "/postgres");
    try (var admin =
            java.sql.DriverManager.getConnection(server, DATABASE.user(), DATABASE.password());
        var statement = admin.createStatement()) {
      statement.execute("alter database " + name + " allow_connections " + yes);
      if (!yes) {
        statement.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = '"
                + name
                + "'");
      }
    }
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String slug) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.body()).contains("\"type\":\"/problems/" + slug + "\"", "\"instance\":");
  }

  private static List<String> kept() {
    return DATABASE
        .jdbc()
        .sql("select notice_id from inbox order by notice_id")
        .query((row, _) -> row.getString(1))
        .list();
  }

  private double count(String result) {
    return meters.find("reelkeeper.notifications").tag("result", result).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  private static String notice(String id) {
    return """
    {"noticeId":"%s","eventType":40,"payload":{"cname":"c","uid":"1","sid":"s","sequence":1}}\
    """
        .formatted(id);
  }

  private static String padded(int size) {
    String body = notice("large");
    return body + " ".repeat(size - body.length());
  }

  private HttpResponse<String> send(String body) throws Exception {
    return CLIENT.send(signed(body), BodyHandlers.ofString());
  }

  private HttpResponse<String> send(String body, String... headers) throws Exception {
    return CLIENT.send(
        request("classroom", body.getBytes(UTF_8)).headers(headers).build(),
        BodyHandlers.ofString());
  }

  private HttpRequest signed(String body) {
    return request("classroom", body.getBytes(UTF_8))
        .header(Signature.V2, sign("HmacSHA256", "secret", body))
        .build();
  }

  private HttpRequest.Builder request(String app, byte[] body) {
    return HttpRequest.newBuilder(URI.create(address(app)))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofByteArray(body));
  }

  private String address(String app) {
    return "http://localhost:" + port + "/webhooks/agora/" + app;
  }

  private static String sign(String algorithm, String secret, String body) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), algorithm));
      return HexFormat.of().formatHex(mac.doFinal(body.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
