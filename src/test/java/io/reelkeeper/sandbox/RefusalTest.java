package io.reelkeeper.sandbox;

import static io.reelkeeper.sandbox.Customer.individual;
import static io.reelkeeper.sandbox.Customer.mix;
import static io.reelkeeper.sandbox.Customer.web;
import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Customer.Answer;
import io.reelkeeper.sandbox.Customer.Task;
import io.reelkeeper.sandbox.SandboxSettings.App;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What Agora refuses, with the status, the code and the words of its documentation.
final class RefusalTest {

  private static final String UID = "4000000017";

  private final Customer customer = new Customer();

  @AfterEach
  void close() {
    customer.close();
  }

  // --- the gateway

  @Test
  void anUnknownPathHasNoRoute() {
    assertGateway(
        customer.send("POST", "/acquires", "{}"), 404, "no Route matched with those values");
  }

  @Test
  void aWrongMethodHasNoRoute() {
    assertGateway(customer.send("GET", "/acquire", ""), 404, "no Route matched with those values");
  }

  @Test
  void updateLayoutExistsForMixOnly() {
    Task task = customer.starts("room", UID, "individual", individual());

    assertGateway(customer.updateLayout(task, "{}"), 404, "no Route matched with those values");
  }

  @Test
  void credentialsAreNeeded() {
    var request = customer.request("POST", acquirePath(Customer.APP_ID), "{}");
    assertGateway(
        customer.exchange(request.setHeader("Authorization", "Basic bm86bm8=").build()),
        401,
        "Invalid authentication credentials");
    var without =
        java.net.http.HttpRequest.newBuilder(
                customer.sandbox.domains().getFirst().resolve(acquirePath(Customer.APP_ID)))
            .POST(BodyPublishers.ofString("{}"))
            .build();
    assertGateway(customer.exchange(without), 401, "Unauthorized");
  }

  @Test
  void anAppWithoutTheServiceIsInvalid() {
    var request = customer.request("POST", acquirePath("0".repeat(32)), "{}");

    assertGateway(customer.exchange(request.build()), 400, "appid is invalid");
  }

  @Test
  void anEleventhRequestWithinASecondIsTooMany() {
    customer.unhurried = false;
    List<Integer> first =
        IntStream.range(0, 11).mapToObj(i -> customer.acquire("room-" + i, UID).status()).toList();
    assertThat(first).hasSize(11).containsOnlyOnce(429).endsWith(429);

    customer.traffic.addAndGet(Duration.ofMillis(999).toNanos());
    assertGateway(customer.acquire("room", UID), 429, "API rate limit exceeded");
    customer.traffic.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(customer.acquire("room", UID).status()).isEqualTo(200);
    assertThat(customer.sandbox.ledger().mostRequestsInASecond("classroom")).isEqualTo(12);
  }

  // --- acquire

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"scene\":3}",
        "{\"scene\":\"1\"}",
        "{\"resourceExpiredHour\":0}",
        "{\"resourceExpiredHour\":721}",
        "{\"region\":\"cn\"}",
        "{\"regionAffinity\":5}",
        "{\"excludeResourceIds\":\"x\"}",
        "{\"startParameter\":[]}"
      })
  void acquireTakesOnlyDocumentedValues(String request) {
    assertRefused(customer.acquire("room", UID, request), 400, 2, "Acquire: invalid ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "4294967296", "01", "abc", "-1", "1.5", ""})
  void aUidIsANumberInQuotes(String uid) {
    assertRefused(customer.acquire("room", uid), 400, 2, "Acquire: invalid uid value!");
  }

  @Test
  void aUidThatIsNoStringIsInvalid() {
    assertRefused(
        customer.post("/acquire", "{\"cname\":\"room\",\"uid\":7,\"clientRequest\":{}}"),
        400,
        2,
        "Acquire: invalid uid value!");
    assertRefused(
        customer.post("/acquire", "{\"cname\":\"room\",\"uid\":\"7\"}"),
        400,
        2,
        "Acquire: invalid clientRequest value!");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "a*b", "a'b", "größe"})
  void aChannelNameHasItsCharacters(String cname) {
    assertRefused(customer.acquire(cname, UID), 400, 401, "invalid_channel_name");
  }

  @Test
  void aChannelNameIsShorterThan64Bytes() {
    assertThat(customer.acquire("x".repeat(63), UID).status()).isEqualTo(200);
    assertRefused(customer.acquire("x".repeat(64), UID), 400, 401, "invalid_channel_name");
    assertThat(customer.acquire("x".repeat(1024), UID, "{\"scene\":1}").status()).isEqualTo(200);
  }

  @Test
  void aBodyThatIsNoJsonIsABadRequest() {
    assertRefused(customer.post("/acquire", "{"), 400, 8, "");
  }

  @Test
  void workersRunOut() {
    App small =
        new App(Customer.APP_ID, "classroom-key", "customer-secret", null, null, 10, 2, null);
    try (var other = new Customer(settings -> settings, small)) {
      other.startsMix("one");
      Task second = other.startsMix("two");
      assertRefused(other.acquire("three", UID), 400, 406, "vendor_over_load");

      other.passes(Duration.ofSeconds(5));
      other.stop(second);
      assertThat(other.acquire("three", UID).status()).isEqualTo(200);
      assertThat(other.acquire("three", UID).status()).isEqualTo(200);
      assertRefused(other.acquire("four", UID), 400, 406, "vendor_over_load");
    }
  }

  @Test
  void pagesHaveWorkersBySize() {
    var pages = new SandboxSettings.WebWorkers(3, 2, 1);
    App small =
        new App(Customer.APP_ID, "classroom-key", "customer-secret", null, null, 10, 1, pages);
    try (var other = new Customer(settings -> settings, small)) {
      other.startsMix("channel");
      other.starts("one", UID, "web", size(1920, 1080));
      assertRefused(page(other, "two", size(1920, 1080)), 400, 406, "vendor_over_load");
      other.starts("two", UID, "web", size(1280, 720));
      assertRefused(page(other, "three", size(1280, 720)), 400, 406, "vendor_over_load");
      other.starts("three", UID, "web", size(640, 360));
      assertRefused(other.acquire("four", UID, "{\"scene\":1}"), 400, 406, "vendor_over_load");
    }
  }

  private static Customer.Answer page(Customer other, String name, String request) {
    String resource =
        other.acquire(name, UID, "{\"scene\":1}").body().path("resourceId").asString();
    Customer.Answer answer = other.start(resource, name, UID, "web", request);
    other.passes(Duration.ofSeconds(3)); // what was only promised is free again
    return answer;
  }

  private static String size(int width, int height) {
    return Customer.web("").replace("1280", "" + width).replace("720", "" + height);
  }

  // --- start

  @Test
  void theSameStartAgainSaysThatItRuns() {
    Task task = customer.startsMix("room");

    assertRefused(
        customer.start(task.resourceId(), "room", UID, "mix", mix("hls")),
        201,
        7,
        "already started");
    assertThat(customer.sandbox.ledger().recordings()).hasSize(1);
  }

  @Test
  void anotherStartWithTheSameUidIsAConflict() {
    customer.startsMix("room");
    String other = resource("room", UID);

    assertRefused(customer.start(other, "room", UID, "mix", mix("hls")), 400, 53, "task conflict");
  }

  @Test
  void aResourceIsGoodForFiveMinutes() {
    String resource = resource("room", UID);
    customer.passes(Duration.ofMinutes(5).plusMillis(1));

    assertThat(customer.start(resource, "room", UID, "mix", mix("hls")).code()).isEqualTo(433);
  }

  @Test
  void aResourceIsGoodForOneRecording() {
    Task task = customer.startsMix("room");
    customer.passes(Duration.ofSeconds(20));
    customer.stop(task);

    assertThat(customer.start(task.resourceId(), "room", UID, "mix", mix("hls")).code())
        .isEqualTo(433);
  }

  @Test
  void aResourceBelongsToItsChannelAndUid() {
    String resource = resource("room", UID);

    assertThat(customer.start(resource, "other", UID, "mix", mix("hls")).code()).isEqualTo(432);
    assertThat(customer.start(resource, "room", "8", "mix", mix("hls")).code()).isEqualTo(432);
    assertThat(customer.start("nonsense", "room", UID, "mix", mix("hls")).code()).isEqualTo(1001);
  }

  @Test
  void aStartParameterMustBeTheStart() {
    String request = "{\"startParameter\":" + mix("hls") + "}";
    String resource = customer.acquire("room", UID, request).body().path("resourceId").asString();

    assertRefused(
        customer.start(resource, "room", UID, "mix", mix("hls", "mp4")),
        400,
        2,
        "request_hash mismatch!");
    assertThat(customer.start(resource, "room", UID, "mix", mix("hls")).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"channelType\":2",
        "\"channelType\":\"1\"",
        "\"channelType\":1,\"maxIdleTime\":4",
        "\"channelType\":1,\"maxIdleTime\":2592001",
        "\"channelType\":1,\"streamTypes\":3",
        "\"channelType\":1,\"audioProfile\":3",
        "\"channelType\":1,\"decryptionMode\":1",
        "\"channelType\":1,\"decryptionMode\":7,\"secret\":\"x\",\"salt\":\"short\"",
        "\"channelType\":1,\"streamTypes\":1,\"subscribeAudioUids\":[\"7\"]",
        "\"channelType\":1,\"subscribeAudioUids\":[\"7\"],\"unsubscribeAudioUids\":[\"8\"]",
        "\"channelType\":1,\"subscribeAudioUids\":[\"7\"],\"unSubscribeAudioUids\":[\"8\"]",
        "\"channelType\":1,\"subscribeVideoUids\":[7]",
        "\"channelType\":1,\"transcodingConfig\":{\"width\":1921}",
        "\"channelType\":1,\"transcodingConfig\":{\"bitrate\":6501}",
        "\"channelType\":1,\"transcodingConfig\":{\"mixedVideoLayout\":4}",
        "\"channelType\":1,\"transcodingConfig\":{\"backgroundColor\":\"red\"}",
        "\"channelType\":1,\"transcodingConfig\":{\"mixedVideoLayout\":3,\"layoutConfig\":[{}]}",
        "\"channelType\":1,\"transcodingConfig\":{\"mixedVideoLayout\":1,\"layoutConfig\":[]}"
      })
  void aMixTakesOnlyDocumentedRecordingValues(String config) {
    String request =
        "{\"recordingConfig\":{%s},\"storageConfig\":%s}".formatted(config, Customer.storage());

    assertRefused(start("mix", request), 400, 2, "Start: invalid ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"subscribeUidGroup\":6",
        "\"subscribeUidGroup\":0,\"audioProfile\":1",
        "\"subscribeUidGroup\":0,\"transcodingConfig\":{}",
        "\"subscribeUidGroup\":0,\"streamMode\":\"original\"",
        "\"subscribeUidGroup\":0,\"streamMode\":\"Default\""
      })
  void individualTakesOnlyDocumentedRecordingValues(String config) {
    String request =
        "{\"recordingConfig\":{\"channelType\":1%s},\"storageConfig\":%s}"
            .formatted(config.isEmpty() ? "" : "," + config, Customer.storage());

    assertRefused(start("individual", request), 400, 2, "Start: invalid ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"vendor\":12,\"region\":0,\"bucket\":\"b\",\"accessKey\":\"a\",\"secretKey\":\"s\"",
        "\"vendor\":9,\"region\":0,\"bucket\":\"b\",\"accessKey\":\"a\",\"secretKey\":\"s\"",
        "\"vendor\":1,\"region\":26,\"bucket\":\"b\",\"accessKey\":\"a\",\"secretKey\":\"s\"",
        "\"vendor\":1,\"region\":0,\"bucket\":\"\",\"accessKey\":\"a\",\"secretKey\":\"s\"",
        "\"vendor\":1,\"region\":0,\"bucket\":\"b\",\"secretKey\":\"s\"",
        "\"vendor\":11,\"region\":0,\"bucket\":\"b\",\"accessKey\":\"a\",\"secretKey\":\"s\"",
        "\"vendor\":11,\"region\":0,\"bucket\":\"b\",\"accessKey\":\"a\",\"secretKey\":\"s\","
            + "\"extensionParams\":{\"endpoint\":\"https://s3.example.org\"}",
        "\"vendor\":1,\"region\":0,\"bucket\":\"b\",\"accessKey\":\"a\",\"secretKey\":\"s\","
            + "\"fileNamePrefix\":[\"a-b\"]",
        "\"vendor\":1,\"region\":0,\"bucket\":\"b\",\"accessKey\":\"a\",\"secretKey\":\"s\","
            + "\"extensionParams\":{\"sse\":\"AES256\"}"
      })
  void storageTakesOnlyDocumentedValues(String storage) {
    String request =
        "{\"recordingConfig\":{\"channelType\":1},\"storageConfig\":{%s}}".formatted(storage);

    assertRefused(start("mix", request), 400, 2, "Start: invalid ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"mp4\"]", "[\"HLS\"]", "\"hls\"", "[\"hls\",\"mp3\"]", "[]"})
  void fileTypesAreTheDocumentedOnes(String types) {
    String request =
        """
        {"recordingConfig":{"channelType":1},"recordingFileConfig":{"avFileType":%s},
         "storageConfig":%s}\
        """
            .formatted(types, Customer.storage());

    assertRefused(start("mix", request), 400, 2, "Start: invalid avFileType value!");
  }

  @Test
  void screenshotsAreForIndividualOnly() {
    String request =
        """
        {"recordingConfig":{"channelType":1},"storageConfig":%s,
         "snapshotConfig":{"fileType":["jpg"]}}\
        """
            .formatted(Customer.storage());

    assertRefused(start("mix", request), 400, 2, "Start: invalid snapshotConfig value!");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"videoFps\":4",
        ",\"videoFps\":61",
        ",\"maxVideoDuration\":29",
        ",\"readyTimeout\":61",
        ",\"readyTimeout\":-1",
        ",\"readyTimeout\":1.5",
        ",\"onhold\":\"true\"",
        ",\"videoBitrate\":9000"
      })
  void aPageTakesOnlyDocumentedValues(String more) {
    String resource =
        customer.acquire("job", UID, "{\"scene\":1}").body().path("resourceId").asString();

    assertRefused(
        customer.start(resource, "job", UID, "web", web(more)), 400, 2, "Start: invalid ");
  }

  @Test
  void webNeedsItsScene() {
    assertRefused(start("web", web("")), 400, 2, "Start: invalid scene value!");
  }

  // --- control calls

  @Test
  void anUnknownSidHasNoWorker() {
    Task task = customer.startsMix("room");
    Task unknown = new Task("room", UID, task.resourceId(), "f".repeat(32), "mix");

    assertRefused(customer.query(unknown), 404, 404, "failed to find worker");
    assertRefused(customer.stop(unknown), 404, 404, "failed to find worker");
    assertRefused(
        customer.update(unknown, "{\"storageConfig\":{}}"), 404, 404, "failed to find worker");
  }

  @Test
  void aSidBelongsToItsResource() {
    Task one = customer.startsMix("one");
    Task two = customer.startsMix("two");
    Task crossed = new Task("one", UID, one.resourceId(), two.sid(), "mix");

    assertThat(customer.query(crossed).code()).isEqualTo(1003);
  }

  @Test
  void anUpdateFitsItsMode() {
    Task task = customer.startsMix("room");

    assertThat(customer.update(task, "{}").code()).isEqualTo(2);
    assertThat(customer.update(task, "{\"webRecordingConfig\":{\"onhold\":true}}").code())
        .isEqualTo(2);
    assertThat(
            customer
                .update(
                    task, "{\"streamSubscribe\":{\"audioUidList\":{\"subscribeAudioUids\":[]}}}")
                .code())
        .isEqualTo(2);
    assertThat(customer.updateLayout(task, "{\"mixedVideoLayout\":9}").code()).isEqualTo(1028);
    assertThat(customer.updateLayout(task, "{\"mixedVideoLayout\":1}").status()).isEqualTo(200);
  }

  @Test
  void controlEndsWithTheResourceButTheRecordingGoesOn() {
    String resource =
        customer
            .acquire("room", UID, "{\"resourceExpiredHour\":1}")
            .body()
            .path("resourceId")
            .asString();
    String sid =
        customer.start(resource, "room", UID, "mix", mix("hls")).body().path("sid").asString();
    Task task = new Task("room", UID, resource, sid, "mix");
    customer.passes(Duration.ofHours(1));
    assertThat(customer.query(task).status()).isEqualTo(200);
    customer.passes(Duration.ofSeconds(1));

    assertThat(customer.query(task).status()).isEqualTo(404);
    assertThat(customer.stop(task).status()).isEqualTo(404);
    assertThat(customer.sandbox.ledger().running()).hasSize(1);
  }

  private Answer start(String mode, String request) {
    return customer.start(resource("room", UID), "room", UID, mode, request);
  }

  private String resource(String cname, String uid) {
    return customer.acquire(cname, uid).body().path("resourceId").asString();
  }

  private static String acquirePath(String appId) {
    return "/v1/apps/" + appId + "/cloud_recording/acquire";
  }

  private static void assertGateway(Answer answer, int status, String message) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body().path("message").asString()).isEqualTo(message);
  }

  private static void assertRefused(Answer answer, int status, int code, String reason) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.body().path("reason").asString()).contains(reason);
  }
}
