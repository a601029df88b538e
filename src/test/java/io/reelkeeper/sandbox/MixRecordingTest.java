package io.reelkeeper.sandbox;

import static io.reelkeeper.sandbox.Customer.mix;
import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Customer.Task;
import io.reelkeeper.sandbox.recorder.Channel.User;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MixRecordingTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Customer customer = new Customer();

  @AfterEach
  void close() {
    customer.close();
  }

  @Test
  void aRecordingGoesFromStartToFiles() {
    Task task = customer.startsMix("math-101");
    assertThat(task.sid()).matches("[0-9a-f]{32}");
    assertThat(status(task)).isEqualTo(1);

    customer.passes(SECOND);
    assertThat(status(task)).isEqualTo(2);
    customer.passes(SECOND);
    assertThat(status(task)).isEqualTo(3);
    customer.passes(SECOND);
    assertThat(status(task)).isEqualTo(4);
    assertThat(customer.query(task).server().path("fileList").asString()).isEmpty();

    customer.passes(SECOND.multipliedBy(15));
    String playlist = task.sid() + "_math-101.m3u8";
    assertThat(status(task)).isEqualTo(5);
    assertThat(customer.query(task).server().path("fileListMode").asString()).isEqualTo("string");
    assertThat(customer.query(task).server().path("fileList").asString()).isEqualTo(playlist);
    assertThat(customer.file("lessons/math101/" + playlist)).doesNotContain("#EXT-X-ENDLIST");

    customer.passes(SECOND.multipliedBy(20));
    var stopped = customer.stop(task);
    assertThat(stopped.status()).isEqualTo(200);
    assertThat(stopped.server().path("uploadingStatus").asString()).isEqualTo("uploaded");
    assertThat(stopped.server().path("fileList").asString()).isEqualTo(playlist);
    assertThat(customer.file("lessons/math101/" + playlist))
        .startsWith(
            """
            #EXTM3U
            #EXT-X-VERSION:3
            #EXT-X-MEDIA-SEQUENCE:0
            #EXT-X-ALLOW-CACHE:YES
            #EXT-X-TARGETDURATION:15
            """)
        .contains("#EXTINF:15.000000\n" + task.sid() + "_math-101_20260301100003000.ts\n")
        .contains("#EXTINF:5.000000\n" + task.sid() + "_math-101_20260301100033000.ts\n")
        .endsWith("#EXT-X-ENDLIST\n");
    assertThat(customer.files())
        .hasSize(4)
        .contains("lessons/math101/" + task.sid() + "_math-101_20260301100018000.ts");
    byte[] slice = customer.bucket.read("recordings", customer.files().get(1));
    assertThat(slice).hasSizeBetween(50_000, 65_536);
    assertThat(slice.length % 188).isZero();
    assertThat(slice[0]).isEqualTo((byte) 0x47);
    assertThat(slice[188 * 7]).isEqualTo((byte) 0x47);
  }

  @Test
  void anMp4StandsBesideThePlaylistWhenItWasOrdered() {
    Task task = customer.starts("math-101", "4000000017", "mix", mix("hls", "mp4"));
    customer.passes(SECOND.multipliedBy(40));

    var query = customer.query(task).server();
    assertThat(query.path("fileListMode").asString()).isEqualTo("json");
    assertThat(query.path("fileList").size()).isEqualTo(1);
    var stopped = customer.stop(task).server();

    assertThat(stopped.path("fileList").valueStream().map(f -> f.path("fileName").asString()))
        .containsExactly(task.sid() + "_math-101_0.mp4", task.sid() + "_math-101.m3u8");
    assertThat(stopped.path("fileList").path(0).path("mixedAllUser").asBoolean()).isTrue();
    assertThat(stopped.path("fileList").path(0).path("uid").asString()).isEqualTo("0");
    assertThat(customer.files()).contains("lessons/math101/" + task.sid() + "_math-101_0.mp4");
  }

  @Test
  void aSecondStopIsInvalidAndALaterOneFindsNobody() {
    Task task = customer.startsMix("math-101");
    customer.passes(SECOND.multipliedBy(20));
    customer.stop(task);

    var second = customer.stop(task);
    assertThat(second.status()).isEqualTo(400);
    assertThat(second.code()).isEqualTo(49);
    assertThat(customer.query(task).status()).isEqualTo(404);
    customer.passes(SECOND.multipliedBy(10));
    var third = customer.stop(task);
    assertThat(third.status()).isEqualTo(404);
    assertThat(third.body().path("reason").asString()).isEqualTo("failed to find worker");
  }

  @Test
  void aStopThatDoesNotWaitIsFollowedByTheEnd() {
    Task task = customer.startsMix("math-101");
    customer.passes(SECOND.multipliedBy(20));

    var stopped = customer.stop(task, "{\"async_stop\":true}");
    assertThat(stopped.status()).isEqualTo(200);
    assertThat(stopped.server().path("uploadingStatus").asString()).isEqualTo("unknown");
    assertThat(status(task)).isEqualTo(6);
    assertThat(customer.stop(task).code()).isEqualTo(49);
    customer.passes(SECOND.multipliedBy(3));

    assertThat(customer.query(task).status()).isEqualTo(404);
    assertThat(customer.types()).contains(31, 11);
    assertThat(customer.sandbox.ledger().running()).isEmpty();
  }

  @Test
  void withoutAnyMediaThereIsNoData() {
    customer.sandbox.channel("math-101").has(User.silent("7"));
    Task task = customer.startsMix("math-101");
    customer.passes(SECOND.multipliedBy(100));

    assertThat(status(task)).isEqualTo(4);
    var stopped = customer.stop(task);
    assertThat(stopped.status()).isEqualTo(206);
    assertThat(stopped.code()).isEqualTo(435);
    assertThat(customer.files()).isEmpty();
  }

  @Test
  void anEmptyChannelIsLeftWhenItHasBeenIdleForSoLong() {
    Task task = customer.startsMix("math-101");
    customer.passes(SECOND.multipliedBy(20));
    customer.sandbox.channel("math-101").isEmpty();

    customer.passes(SECOND.multipliedBy(59));
    assertThat(customer.query(task).status()).isEqualTo(200);
    customer.passes(SECOND.multipliedBy(4));

    assertThat(customer.query(task).status()).isEqualTo(404);
    assertThat(customer.theOne(41).details().path("leaveCode").asInt()).isEqualTo(4);
    assertThat(customer.sandbox.ledger().recordings().getFirst().endReason()).isEqualTo("idle");
  }

  @Test
  void aUserWhoComesBackIsNoReasonToLeaveAndMakesAGap() {
    Task task = customer.startsMix("math-101");
    customer.passes(SECOND.multipliedBy(20));
    customer.sandbox.channel("math-101").isEmpty();
    customer.passes(SECOND.multipliedBy(40));
    customer.sandbox.channel("math-101").join(User.sending("9"));
    customer.passes(SECOND.multipliedBy(60));

    customer.stop(task);
    assertThat(customer.file("lessons/math101/" + task.sid() + "_math-101.m3u8"))
        .contains("#EXT-X-DISCONTINUITY\n#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=AUDIO");
    var resumed = customer.heard(42).getLast().details();
    assertThat(resumed.path("startUtcMs").asLong() - resumed.path("discontinueUtcMs").asLong())
        .isEqualTo(40_000);
  }

  @Test
  void anAudienceAloneIsIdleInALiveChannel() {
    customer.sandbox.channel("math-101").has(User.audience("7"));
    Task task = customer.startsMix("math-101");
    customer.passes(SECOND.multipliedBy(70));

    assertThat(customer.query(task).status()).isEqualTo(404);
  }

  @Test
  void theLedgerSaysWhatRan() {
    Task task = customer.startsMix("math-101");
    customer.passes(SECOND.multipliedBy(63));
    assertThat(customer.sandbox.ledger().running("math-101")).hasSize(1);
    customer.stop(task);
    customer.passes(SECOND.multipliedBy(63));

    var recording = customer.sandbox.ledger().recordings("math-101").getFirst();
    assertThat(recording.sid()).isEqualTo(task.sid());
    assertThat(recording.endReason()).isEqualTo("stop");
    assertThat(recording.billedSeconds()).isEqualTo(60);
    assertThat(recording.place()).isEqualTo("1/7/recordings/lessons/math101/");
    assertThat(recording.filesUploaded()).isEqualTo(4);
    assertThat(customer.sandbox.ledger().requests("start")).hasSize(1);
  }

  private int status(Task task) {
    return customer.query(task).server().path("status").asInt();
  }
}
