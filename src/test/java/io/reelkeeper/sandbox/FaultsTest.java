package io.reelkeeper.sandbox;

import static io.reelkeeper.sandbox.Customer.mix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reelkeeper.BucketServer;
import io.reelkeeper.sandbox.Customer.Task;
import io.reelkeeper.sandbox.Faults.Fault;
import io.reelkeeper.sandbox.Faults.Operation;
import io.reelkeeper.sandbox.recorder.Channel.User;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class FaultsTest {

  private static final String UID = "4000000017";
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Customer customer = new Customer();

  @AfterEach
  void close() {
    customer.close();
  }

  @Test
  void aQueueOfAnswersIsUsedUpInOrder() {
    customer
        .sandbox
        .faults()
        .on(Operation.ACQUIRE, Fault.error(500, 501, "no_worker_manager_available").times(2))
        .on(Operation.ACQUIRE, Fault.error(206, 65, "request not completed"));

    assertThat(customer.acquire("room", UID).code()).isEqualTo(501);
    assertThat(customer.acquire("room", UID).code()).isEqualTo(501);
    assertThat(customer.acquire("room", UID).code()).isEqualTo(65);
    assertThat(customer.acquire("room", UID).status()).isEqualTo(200);
  }

  @Test
  void aFaultOfOneChannelSparesTheOthers() {
    customer.sandbox.faults().on(Operation.START, "b", Fault.error(500, 62, "request timeout"));

    customer.startsMix("a");
    assertThatThrownBy(() -> customer.startsMix("b")).hasMessageContaining("code\":62");
    customer.startsMix("c");
    assertThat(customer.sandbox.ledger().recordings()).hasSize(2);
  }

  @Test
  void aStartCanHappenAndBeLostOnTheWayBack() {
    String resource = customer.acquire("room", UID).body().path("resourceId").asString();
    customer.sandbox.faults().on(Operation.START, Fault.dropAfterWork());

    assertThatThrownBy(() -> customer.start(resource, "room", UID, "mix", mix("hls")))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(customer.sandbox.ledger().running("room")).hasSize(1);
    assertThat(customer.start(resource, "room", UID, "mix", mix("hls")).code()).isEqualTo(7);
  }

  @Test
  void aStartCanBeLostOnTheWayThere() {
    String resource = customer.acquire("room", UID).body().path("resourceId").asString();
    customer.sandbox.faults().on(Operation.START, Fault.drop());

    assertThatThrownBy(() -> customer.start(resource, "room", UID, "mix", mix("hls")))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(customer.sandbox.ledger().recordings()).isEmpty();
    assertThat(customer.sandbox.ledger().requests("start").getFirst().carriedOut()).isFalse();
  }

  @Test
  void aDomainCanRefuseConnections() {
    int port = customer.sandbox.ports().getFirst();
    assertThat(customer.acquire("before", UID).status()).isEqualTo(200);
    customer.sandbox.refuse(0, Duration.ofSeconds(30));

    assertThatThrownBy(() -> customer.acquire("room", UID))
        .isInstanceOf(UncheckedIOException.class);
    HttpRequest elsewhere =
        customer
            .request(
                "POST",
                "/v1/apps/" + Customer.APP_ID + "/cloud_recording/acquire",
                Customer.body("room", UID, "{}"))
            .uri(
                customer
                    .sandbox
                    .domains()
                    .get(2)
                    .resolve("/v1/apps/" + Customer.APP_ID + "/cloud_recording/acquire"))
            .build();
    assertThat(customer.exchange(elsewhere).status()).isEqualTo(200);
    assertThat(customer.sandbox.ledger().requests().getLast().domain()).isEqualTo(2);

    customer.passes(Duration.ofSeconds(30));
    assertThat(customer.sandbox.ports().getFirst()).isEqualTo(port);
    assertThat(customer.acquire("room", UID).status()).isEqualTo(200);
  }

  @Test
  void aFailoverAnswers404ThenGoesOnUnderAnotherUid() {
    Task task = customer.startsMix("room");
    customer.passes(SECOND.multipliedBy(20));
    customer.sandbox.failOver("room", SECOND.multipliedBy(60));

    assertThat(customer.query(task).code()).isEqualTo(404);
    customer.passes(SECOND.multipliedBy(59));
    assertThat(customer.stop(task).code()).isEqualTo(404);
    customer.passes(SECOND);
    assertThat(customer.query(task).server().path("status").asInt()).isEqualTo(4);
    customer.passes(SECOND.multipliedBy(20));
    assertThat(customer.query(task).server().path("status").asInt()).isEqualTo(5);

    var failover = customer.theOne(12);
    assertThat(failover.details().path("newUid").isIntegralNumber()).isTrue();
    String uid = failover.details().path("newUid").asString();
    assertThat(uid).isNotEqualTo(UID);
    assertThat(failover.payload().path("uid").asString()).isEqualTo(uid);
    assertThat(failover.payload().path("sid").asString()).isEqualTo(task.sid());
    assertThat(customer.heard(40).getLast().payload().path("uid").asString()).isEqualTo(uid);
    assertThat(customer.files())
        .contains(
            "lessons/math101/" + task.sid() + "_room.m3u8",
            "lessons/math101/bak0_" + task.sid() + "_room.m3u8",
            "lessons/math101/bak0_" + task.sid() + "_room_20260301100120000.ts");
    assertThat(customer.stop(task).status()).isEqualTo(200);
    assertThat(customer.sandbox.ledger().recordings().getFirst().uids()).containsExactly(UID, uid);
  }

  @Test
  void aFourthFailoverIsNotSurvived() {
    Task task = customer.startsMix("room");
    customer.passes(SECOND.multipliedBy(5));
    for (int i = 0; i < 4; i++) {
      customer.sandbox.failOver("room", SECOND);
      customer.passes(SECOND.multipliedBy(2));
    }

    assertThat(customer.heard(12)).hasSize(3);
    assertThat(customer.query(task).code()).isEqualTo(404);
    assertThat(customer.sandbox.ledger().recordings().getFirst().endReason())
        .isEqualTo("failover-limit");
  }

  @Test
  void aKilledRecorderSaysNothing() {
    Task task = customer.startsMix("room");
    customer.passes(SECOND.multipliedBy(20));
    int before = customer.heard.size();
    customer.sandbox.kill("room");
    customer.passes(Duration.ofMinutes(2));

    assertThat(customer.heard).hasSize(before);
    assertThat(customer.query(task).code()).isEqualTo(404);
  }

  @Test
  void aRecorderThatIsRemovedLeavesAndUploads() {
    customer.startsMix("room");
    customer.passes(SECOND.multipliedBy(20));
    assertThat(customer.sandbox.leave("room")).isEqualTo(1);
    customer.passes(SECOND.multipliedBy(5));

    assertThat(customer.theOne(41).details().path("leaveCode").asInt()).isEqualTo(16);
    assertThat(customer.types()).contains(31, 11);
  }

  @Test
  void aUserWithTheRecordersUidThrowsItOut() {
    customer.startsMix("room");
    customer.passes(SECOND.multipliedBy(20));
    customer.sandbox.channel("room").join(User.sending(UID));
    customer.passes(SECOND.multipliedBy(5));

    assertThat(customer.sandbox.ledger().recordings().getFirst().endReason()).isEqualTo("kicked");
  }

  @Test
  void whatTheBucketDoesNotTakeGoesToTheBackupCloudAndArrivesLater(@TempDir Path directory) {
    var store = BucketServer.inDirectory(directory, 0, "AK", "SK").withBucket("recordings");
    int port = store.endpoint().getPort();
    try (var other =
        new Customer(
            settings -> settings.withBucketEndpoint(store.endpoint()), Customer.app("classroom"))) {
      Task task = other.startsMix("room");
      other.passes(SECOND.multipliedBy(20));
      store.close();
      other.passes(SECOND.multipliedBy(15));
      assertThat(other.theOne(2).details().path("warnCode").asInt()).isEqualTo(31);

      var stopped = other.stop(task).server();
      other.sandbox.runDue();
      assertThat(stopped.path("uploadingStatus").asString()).isEqualTo("backuped");
      assertThat(other.types()).contains(32).doesNotContain(31);
      try (var back = BucketServer.inDirectory(directory, port, "AK", "SK")) {
        other.passes(Duration.ofMinutes(2));
        String prefix = "lessons/math101/" + task.sid();
        assertThat(back.keys("recordings", prefix)).hasSize(4);
        assertThat(back.read("recordings", prefix + "_room.m3u8"))
            .asString()
            .endsWith("#EXT-X-ENDLIST\n");
      }
    }
  }

  @Test
  void theControlApiDoesTheSame() {
    Task task = customer.startsMix("room");
    customer.passes(SECOND.multipliedBy(20));

    JsonNode faults =
        control(
            "POST",
            "faults",
            """
            [{"operation":"query","cname":"room","status":504,
              "body":{"code":62,"reason":"request timeout"},"times":2},
             {"operation":"any","garbage":"<html>oops</html>"},
             {"notices":"lose","eventType":31,"percent":100},
             {"domain":1,"refuse":true}]\
            """);
    assertThat(faults.path("queued").size()).isEqualTo(2);
    assertThat(customer.query(task).code()).isEqualTo(62);
    assertThat(customer.query(task).code()).isEqualTo(62);
    assertThat(
            customer
                .exchangeRaw(
                    customer
                        .request("GET", "/dev/v1/channel/user/" + Customer.APP_ID + "/room", "")
                        .build())
                .body())
        .isEqualTo("<html>oops</html>");

    assertThat(
            control(
                "POST", "recorders", "{\"cname\":\"room\",\"action\":\"failover\",\"for\":\"5s\"}"))
        .isEqualTo(Customer.JSON.readTree("{\"met\":1}"));
    assertThat(customer.query(task).code()).isEqualTo(404);
    customer.passes(SECOND.multipliedBy(5));
    control("POST", "channels", "{\"cname\":\"room\",\"users\":[]}");
    customer.passes(SECOND.multipliedBy(70));
    assertThat(customer.types()).contains(41, 11).doesNotContain(31);

    JsonNode ledger = control("GET", "ledger?cname=room", "");
    assertThat(ledger.path("recordings").path(0).path("endReason").asString()).isEqualTo("idle");
    assertThat(ledger.path("requests").size()).isGreaterThan(3);
    assertThat(control("DELETE", "faults", "").path("notices").size()).isZero();
    assertThat(control("GET", "channels", "").size()).isZero();
    assertThat(control("POST", "faults", "{\"operation\":\"fly\"}").path("error").asString())
        .isEqualTo("no operation fly");
  }

  @Test
  void presenceSaysWhoIsThere() {
    customer.sandbox.channel("room").has(User.sending("7"), User.audience("8"));

    assertThat(presence("room"))
        .isEqualTo(
            Customer.JSON.readTree(
                """
                {"success":true,"data":{"channel_exist":true,"mode":2,"broadcasters":[7],
                 "audience":[8],"audience_total":1}}\
                """));
    assertThat(presence("room/hosts_only"))
        .isEqualTo(
            Customer.JSON.readTree(
                """
                {"success":true,"data":{"channel_exist":true,"mode":2,"broadcasters":[7]}}\
                """));
    customer.sandbox.channel("room").live(false);
    assertThat(presence("room").path("data").path("users"))
        .isEqualTo(Customer.JSON.readTree("[7,8]"));
    customer.sandbox.channel("room").isEmpty();
    assertThat(presence("room").path("data").path("channel_exist").asBoolean()).isFalse();
  }

  private JsonNode presence(String path) {
    return customer
        .exchange(
            customer
                .request("GET", "/dev/v1/channel/user/" + Customer.APP_ID + "/" + path, "")
                .build())
        .body();
  }

  private JsonNode control(String method, String path, String body) {
    return customer.exchange(customer.request(method, "/sandbox/" + path, body).build()).body();
  }
}
