package io.reelkeeper.sandbox;

import static io.reelkeeper.sandbox.Customer.individual;
import static io.reelkeeper.sandbox.Customer.web;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Customer.Task;
import io.reelkeeper.sandbox.recorder.Channel.Page;
import io.reelkeeper.sandbox.recorder.Channel.User;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Individual and web page recording.
final class OtherModesTest {

  private static final String UID = "4000000017";
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Customer customer = new Customer();

  @AfterEach
  void close() {
    customer.close();
  }

  @Test
  void individualRecordingHasAPlaylistForEachUserAndMedium() {
    customer.sandbox.channel("room").has(User.sending("7"), new User("8", true, false, true));
    Task task = customer.starts("room", UID, "individual", individual());
    customer.passes(SECOND.multipliedBy(40));
    assertThat(customer.query(task).server().path("status").asInt()).isEqualTo(4);
    customer.passes(SECOND.multipliedBy(30));

    JsonNode server = customer.query(task).server();
    assertThat(server.path("status").asInt()).isEqualTo(5);
    assertThat(server.path("fileListMode").asString()).isEqualTo("json");
    String stem = task.sid() + "_room__uid_s_";
    assertThat(names(server.path("fileList"), "fileName"))
        .containsExactlyInAnyOrder(
            stem + "7__uid_e_audio.m3u8",
            stem + "7__uid_e_video.m3u8",
            stem + "8__uid_e_audio.m3u8");
    assertThat(server.path("fileList").path(0).path("mixedAllUser").asBoolean()).isFalse();
    customer.stop(task);
    customer.sandbox.runDue();

    assertThat(customer.heard(42)).hasSize(3);
    assertThat(customer.theOne(31).details().path("fileList").size()).isEqualTo(3);
    assertThat(customer.files())
        .contains("lessons/math101/" + stem + "8__uid_e_audio_20260301100003000.ts");
  }

  @Test
  void aSubscriptionOfOneMediumLeavesOutTheOther() {
    customer.sandbox.channel("room").has(User.sending("7"), User.sending("8"));
    String request =
        individual().replace("\"channelType\"", "\"subscribeAudioUids\":[\"7\"],\"channelType\"");
    Task task = customer.starts("room", UID, "individual", request);
    customer.passes(SECOND.multipliedBy(70));
    assertThat(names(customer.query(task).server().path("fileList"), "fileName"))
        .containsExactly(task.sid() + "_room__uid_s_7__uid_e_audio.m3u8");

    customer.update(
        task, "{\"streamSubscribe\":{\"videoUidList\":{\"unsubscribeVideoUids\":[\"7\"]}}}");
    customer.passes(SECOND.multipliedBy(30));
    assertThat(names(customer.query(task).server().path("fileList"), "fileName"))
        .containsExactlyInAnyOrder(
            task.sid() + "_room__uid_s_7__uid_e_audio.m3u8",
            task.sid() + "_room__uid_s_8__uid_e_video.m3u8");
  }

  @Test
  void screenshotsAreTakenOfEveryoneWithVideo() {
    customer.sandbox.channel("room").has(User.sending("7"), new User("8", true, false, true));
    String request =
        """
        {"recordingConfig":{"channelType":1,"subscribeUidGroup":0},"storageConfig":%s,
         "snapshotConfig":{"captureInterval":10,"fileType":["jpg"]}}\
        """
            .formatted(Customer.storage());
    Task task = customer.starts("room", UID, "individual", request);
    customer.passes(SECOND.multipliedBy(25));

    String name = "lessons/math101/" + task.sid() + "_room__uid_s_7__uid_e_video_";
    assertThat(customer.heard(45).stream().map(h -> h.details().path("fileName").asString()))
        .containsExactly(name + "20260301100013000.jpg", name + "20260301100023000.jpg");
    assertThat(customer.files())
        .containsExactly(name + "20260301100013000.jpg", name + "20260301100023000.jpg");
    assertThat(customer.query(task).server().has("fileListMode")).isFalse();
    JsonNode stopped = customer.stop(task).server();
    assertThat(stopped.propertyNames()).containsExactly("uploadingStatus");
  }

  @Test
  void aPageIsRecordedFiveSecondsAfterItsStart() {
    Task task = customer.starts("web_job+17", UID, "web", web(",\"maxVideoDuration\":30"));
    customer.passes(SECOND.multipliedBy(25));

    JsonNode query = customer.query(task).server();
    assertThat(query.path("status").asInt()).isEqualTo(5);
    JsonNode service = query.path("extensionServiceState").path(0);
    assertThat(service.path("serviceName").asString()).isEqualTo("web_recorder_service");
    assertThat(service.path("payload").path("state").asString()).isEqualTo("inProgress");
    String stem = task.sid() + "_web-job-17";
    assertThat(names(service.path("payload").path("fileList"), "filename"))
        .containsExactly(stem + ".m3u8");
    assertThat(customer.files())
        .containsExactly(
            "lessons/math101/" + stem + ".m3u8",
            "lessons/math101/" + stem + "_20260301100005000.ts");

    JsonNode stopped = customer.stop(task).server().path("extensionServiceState");
    assertThat(stopped.path(0).path("serviceName").asString()).isEqualTo("upload_service");
    assertThat(stopped.path(0).path("payload").path("uploadingStatus").asString())
        .isEqualTo("uploaded");
    assertThat(stopped.path(1).path("payload").path("state").asString()).isEqualTo("exit");
    customer.sandbox.runDue();
    assertThat(customer.types().subList(0, 4)).containsExactly(30, 13, 70, 4);
    assertThat(customer.theOne(71).details().path("code").asInt()).isZero();
    assertThat(customer.theOne(31).details().has("fileList")).isFalse();
    assertThat(customer.types()).doesNotContain(40, 41, 42);
  }

  @Test
  void aHeldPageIsRecordedOnceItIsLetGo() {
    Task task = customer.starts("job", UID, "web", web(",\"onhold\":true"));
    customer.passes(Duration.ofMinutes(2));
    assertThat(customer.query(task).server().path("status").asInt()).isEqualTo(4);
    assertThat(payload(task).path("onhold").asBoolean()).isTrue();

    customer.update(task, "{\"webRecordingConfig\":{\"onhold\":false}}");
    customer.passes(SECOND.multipliedBy(20));
    assertThat(customer.query(task).server().path("status").asInt()).isEqualTo(5);
    assertThat(payload(task).path("onhold").asBoolean()).isFalse();
  }

  @Test
  void aPageThatCannotBeOpenedEndsTheRecording() {
    customer.sandbox.channel("job").page(Page.UNREACHABLE);
    Task task = customer.starts("job", UID, "web", web(""));
    customer.passes(SECOND.multipliedBy(10));

    assertThat(customer.theOne(71).details().path("code").asInt()).isEqualTo(5);
    assertThat(customer.theOne(71).details().path("message").asString())
        .isEqualTo("access_url_failed");
    assertThat(customer.query(task).status()).isEqualTo(404);
  }

  @Test
  void aPageThatIsNeverReadyIsReloadedOnce() {
    customer.sandbox.channel("job").page(Page.NEVER_READY);
    Task task = customer.starts("job", UID, "web", web(",\"readyTimeout\":30"));
    customer.passes(SECOND.multipliedBy(36));
    assertThat(customer.theOne(73).details().path("reason").asString())
        .isEqualTo("page_load_timeout");
    assertThat(customer.query(task).status()).isEqualTo(200);
    customer.passes(SECOND.multipliedBy(35));

    assertThat(customer.theOne(71).details().path("code").asInt()).isEqualTo(4);
    assertThat(customer.query(task).status()).isEqualTo(404);
  }

  @Test
  void aPageThatWantsTooMuchEndsAtOnce() {
    Task task = customer.starts("job", UID, "web", web(""));
    customer.passes(SECOND.multipliedBy(20));

    customer.sandbox.channel("job").page(Page.TOO_DEMANDING);
    customer.passes(SECOND);

    assertThat(customer.theOne(72).details().path("limitType").asString()).isEqualTo("WebGL");
    assertThat(customer.theOne(71).details().path("code").asInt()).isEqualTo(2);
    assertThat(customer.query(task).server().path("status").asInt()).isEqualTo(6);
  }

  @Test
  void somebodyElseMayStopARecording() {
    customer.starts("job", UID, "web", web(""));
    customer.passes(SECOND.multipliedBy(20));

    assertThat(customer.sandbox.stop("job")).isEqualTo(1);
    customer.passes(SECOND.multipliedBy(5));

    assertThat(customer.theOne(71).details().path("code").asInt()).isZero();
  }

  @Test
  void aPageReportsWhereItsAddressSays() {
    String back = customer.settings.webhookBase() + "/page/token";
    String request =
        web("")
            .replace(
                "/room/17", "/room/17?a=b&reelkeeper=" + URLEncoder.encode(back, UTF_8) + "#c");
    customer.starts("job", UID, "web", request);
    customer.passes(SECOND.multipliedBy(5));
    assertThat(customer.reports).containsExactly("/page/token/ready");

    customer.sandbox.reload("job");
    customer.passes(SECOND.multipliedBy(30));
    assertThat(customer.reports)
        .as("an earlier load of the page reports no more")
        .containsExactly(
            "/page/token/ready", "/page/token/ready", "/page/token/alive", "/page/token/alive");

    customer.answersReports = 410;
    customer.passes(Duration.ofMinutes(2));
    assertThat(customer.reports).hasSize(5);
  }

  @Test
  void aPageIsRecordedForItsHoursOnly() {
    Task task = customer.starts("job", UID, "web", web(""));
    customer.passes(Duration.ofHours(3).plusSeconds(10));

    assertThat(customer.theOne(71).details().path("message").asString())
        .isEqualTo("max_recording_hour");
    assertThat(customer.theOne(71).details().path("details").asString())
        .isEqualTo("max recording hour is 3");
    assertThat(customer.query(task).status()).isEqualTo(404);
    assertThat(customer.files()).contains("lessons/math101/" + task.sid() + "_job_1.mp4");
  }

  @Test
  void aPageIsPushedToItsAddress() {
    String request =
        web("")
            .replace(
                "\"maxRecordingHour\":3}}]",
                """
                "maxRecordingHour":3}},{"serviceName":"rtmp_publish_service",
                "serviceParam":{"outputs":[{"rtmpUrl":"rtmps://cdn.example.org/live/k"}]}}]\
                """);
    Task task = customer.starts("job", UID, "web", request);
    customer.passes(SECOND.multipliedBy(10));

    assertThat(customer.heard(100).stream().map(h -> h.details().path("status").asString()))
        .containsExactly("connecting", "publishing");
    JsonNode push = customer.query(task).server().path("extensionServiceState").path(1);
    assertThat(push.path("payload").path("outputs").path(0).path("status").asString())
        .isEqualTo("publishing");
  }

  private JsonNode payload(Task task) {
    return customer.query(task).server().path("extensionServiceState").path(0).path("payload");
  }

  private static List<String> names(JsonNode list, String field) {
    return list.valueStream().map(entry -> entry.path(field).asString()).toList();
  }
}
