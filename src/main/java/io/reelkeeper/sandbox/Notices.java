package io.reelkeeper.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reelkeeper.sandbox.Faults.NoticeRule;
import io.reelkeeper.sandbox.SandboxSettings.App;
import io.reelkeeper.sandbox.recorder.Timeline;
import io.reelkeeper.sandbox.recorder.Timeline.What;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Tells the customer what happens: signed, at least once if answered 200, at most four times.
final class Notices implements AutoCloseable {

  /// A resend comes at once, then after growing pauses; Agora does not publish them.
  private static final List<Duration> RESENDS =
      List.of(Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(15));

  private static final int PRODUCT = 3;
  private static final int OK = 200;

  /// A notice on its way.
  ///
  /// @param body without `notifyMs`, which is new with each delivery
  record Mail(
      String app,
      String sid,
      int eventType,
      String noticeId,
      int attempt,
      boolean forged,
      ObjectNode body) {

    Mail again() {
      return new Mail(app, sid, eventType, noticeId, attempt + 1, forged, body);
    }
  }

  private final Map<String, App> apps;
  private final URI base;
  private final boolean redundant;
  private final Duration timeout;
  private final JsonMapper json;
  private final Timeline timeline;
  private final Faults faults;
  private final Ledger ledger;
  private final RandomGenerator random;
  private final HttpClient client;

  Notices(
      Map<String, App> apps,
      URI base,
      SandboxSettings settings,
      JsonMapper json,
      Timeline timeline,
      Faults faults,
      Ledger ledger,
      RandomGenerator random) {
    this.apps = apps;
    this.base = base;
    this.redundant = settings.redundant();
    this.timeout = settings.noticeTimeout();
    this.json = json;
    this.timeline = timeline;
    this.faults = faults;
    this.ledger = ledger;
    this.random = random;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .build();
  }

  /// Puts one event on its way; an app without a webhook secret has no notifications.
  void say(String app, int eventType, ObjectNode payload, Instant at) {
    if (secret(app).isEmpty()) {
      return;
    }
    String cname = payload.path("cname").asString();
    Instant due = at;
    int copies = redundant ? 2 : 1;
    boolean forged = false;
    for (NoticeRule rule : faults.rulesFor(eventType, cname)) {
      switch (rule.fault()) {
        case LOSE -> copies = 0;
        case DUPLICATE -> copies = copies == 0 ? 0 : copies + 1;
        case REORDER -> due = due.plusMillis(random.nextLong(1, rule.delay().toMillis() + 2));
        case DELAY -> due = due.plus(rule.delay());
        case WRONG_SIGNATURE -> forged = true;
      }
    }
    String noticeId = id();
    for (int copy = 0; copy < copies; copy++) {
      // a redundant copy is a notice of its own, a duplicate the same one again
      boolean own = redundant && copy == 1;
      send(mail(app, own ? id() : noticeId, eventType, forged, payload), due);
    }
  }

  private Mail mail(
      String app, String noticeId, int eventType, boolean forged, ObjectNode payload) {
    ObjectNode body = json.createObjectNode();
    body.put("noticeId", noticeId).put("productId", PRODUCT).put("eventType", eventType);
    String sid = payload.path("sid").asString();
    body.put("sid", sid).set("payload", payload);
    return new Mail(app, sid, eventType, noticeId, 1, forged, body);
  }

  private void send(Mail mail, Instant at) {
    timeline.add(at, mail.sid(), What.NOTICE, json.writeValueAsString(mail));
  }

  /// Delivers one notice and waits for the answer; not under the lock of the sandbox.
  ///
  /// @return what is to be sent again, or null
  @org.jspecify.annotations.Nullable
  Mail deliver(String argument, Instant at) {
    Mail mail = json.readValue(argument, Mail.class);
    ObjectNode body = mail.body().deepCopy();
    body.put("notifyMs", at.toEpochMilli());
    byte[] bytes = json.writeValueAsBytes(body);
    String secret = mail.forged() ? "not the secret" : secret(mail.app());
    int status = post(mail.app(), bytes, secret);
    ledger.keep(
        new Ledger.Notice(
            at, mail.app(), mail.sid(), mail.eventType(), mail.noticeId(), mail.attempt(), status));
    return status == OK || mail.attempt() > RESENDS.size() ? null : mail.again();
  }

  /// Sends an unanswered notice again; under the lock of the sandbox.
  void again(Mail mail, Instant at) {
    send(mail, at.plus(RESENDS.get(mail.attempt() - 2)));
  }

  private int post(String app, byte[] body, String secret) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "/webhooks/agora/" + app))
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .header("Agora-Signature", sign("HmacSHA1", secret, body))
            .header("Agora-Signature-V2", sign("HmacSHA256", secret, body))
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    try {
      return client.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  static String sign(String algorithm, String secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), algorithm));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String secret(String app) {
    App known = apps.get(app);
    return known == null || known.webhookSecret() == null ? "" : known.webhookSecret();
  }

  private String id() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
