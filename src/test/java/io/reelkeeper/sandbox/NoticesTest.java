package io.reelkeeper.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.sandbox.Customer.Heard;
import io.reelkeeper.sandbox.Customer.Task;
import io.reelkeeper.sandbox.Faults.NoticeFault;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class NoticesTest {

  private final Customer customer = new Customer();

  @AfterEach
  void close() {
    customer.close();
  }

  @Test
  void eachNoticeIsSignedOverItsBytes() {
    record(Duration.ofSeconds(20));

    assertThat(customer.heard).isNotEmpty().allMatch(NoticesTest::isSigned);
  }

  @Test
  void theEnvelopeIsTheDocumentedOne() {
    Task task = record(Duration.ofSeconds(20));

    Heard started = customer.theOne(40);
    assertThat(started.json().propertyNames())
        .containsExactlyInAnyOrder(
            "noticeId", "productId", "eventType", "notifyMs", "sid", "payload");
    assertThat(started.json().path("noticeId").asString()).matches("[0-9a-f]{32}");
    assertThat(started.json().path("productId").asInt()).isEqualTo(3);
    assertThat(started.payload().path("cname").asString()).isEqualTo("room");
    assertThat(started.payload().path("uid").asString()).isEqualTo("4000000017");
    assertThat(started.payload().path("sid").asString()).isEqualTo(task.sid());
    assertThat(started.payload().path("sequence").asInt()).isZero();
    assertThat(started.payload().path("serviceType").asInt()).isEqualTo(1);
    assertThat(started.details().path("msgName").asString()).isEqualTo("recorder_started");
  }

  @Test
  void aRecordingIsToldInTheOrderSeenInPractice() {
    Task task = record(Duration.ofSeconds(70));
    customer.stop(task);
    customer.sandbox.runDue();

    assertThat(customer.types().subList(0, 3)).containsExactly(40, 30, 13);
    assertThat(customer.types().subList(3, 7)).containsExactlyInAnyOrder(43, 43, 44, 44);
    assertThat(customer.types().subList(7, 9)).containsExactlyInAnyOrder(4, 42);
    assertThat(customer.types().get(9)).isEqualTo(33);
    assertThat(customer.types().subList(10, 15)).containsExactlyInAnyOrder(41, 43, 43, 44, 44);
    assertThat(customer.types().subList(15, 17)).containsExactlyInAnyOrder(11, 31);
    assertThat(customer.heard.stream().map(h -> h.payload().path("sequence").asInt()))
        .containsExactlyElementsOf(java.util.stream.IntStream.range(0, 17).boxed().toList());
    assertThat(customer.theOne(31).details().path("fileList").path(0).path("fileName").asString())
        .isEqualTo(task.sid() + "_room.m3u8");
    assertThat(customer.theOne(33).details().path("progress").asInt()).isEqualTo(10_000);
  }

  @Test
  void whatIsNotAcceptedIsSentAgainThreeTimesAtMost() {
    customer.answersNotices = 503;
    record(Duration.ofSeconds(1));
    assertThat(customer.types()).containsExactly(40, 40);
    customer.passes(Duration.ofSeconds(5));
    customer.passes(Duration.ofSeconds(15));
    customer.passes(Duration.ofMinutes(10));

    List<Heard> all = customer.heard(40);
    assertThat(all).hasSize(4);
    assertThat(all.stream().map(h -> h.json().path("noticeId").asString()).distinct()).hasSize(1);
    assertThat(all.stream().map(h -> h.json().path("notifyMs").asLong()).distinct()).hasSize(3);
    assertThat(all).allMatch(NoticesTest::isSigned);
  }

  @Test
  void anAcceptedNoticeIsNotSentAgain() {
    customer.answersNotices = 503;
    record(Duration.ofSeconds(1));
    customer.answersNotices = 200;
    customer.passes(Duration.ofSeconds(5));
    customer.passes(Duration.ofMinutes(10));

    assertThat(customer.heard(40)).hasSize(3);
  }

  @Test
  void notificationsCanBeBoughtTwice() {
    try (var other =
        new Customer(settings -> settings.withRedundant(true), Customer.app("classroom"))) {
      other.startsMix("room");
      other.passes(Duration.ofSeconds(1));

      assertThat(other.types()).containsExactly(40, 40);
      assertThat(other.heard.get(0).payload()).isEqualTo(other.heard.get(1).payload());
    }
  }

  @Test
  void noticesCanBeLostDoubledForgedAndLate() {
    customer.sandbox.faults().notices(NoticeFault.LOSE, 40);
    customer.sandbox.faults().notices(NoticeFault.DUPLICATE, 30);
    customer.sandbox.faults().notices(NoticeFault.WRONG_SIGNATURE, 44);
    customer.sandbox.faults().notices(NoticeFault.DELAY, 13, "room", 100, Duration.ofSeconds(30));
    record(Duration.ofSeconds(20));

    assertThat(customer.types()).doesNotContain(40, 13);
    assertThat(customer.heard(30)).hasSize(2);
    assertThat(customer.heard(30).stream().map(h -> h.json().path("noticeId")).distinct())
        .hasSize(1);
    assertThat(customer.heard(44)).isNotEmpty().noneMatch(NoticesTest::isSigned);
    assertThat(customer.heard(43)).isNotEmpty().allMatch(NoticesTest::isSigned);
    customer.passes(Duration.ofSeconds(30));
    assertThat(customer.theOne(13).payload().path("sendts").asLong())
        .isEqualTo(customer.clock.millis() - 47_000);
  }

  @Test
  void noticesCanPassEachOther() {
    customer.sandbox.faults().notices(NoticeFault.REORDER, null, null, 50, Duration.ofMinutes(1));
    Task task = record(Duration.ofSeconds(70));
    customer.stop(task);
    customer.passes(Duration.ofMinutes(2));

    List<Integer> sequences =
        customer.heard.stream().map(h -> h.payload().path("sequence").asInt()).toList();
    assertThat(sequences)
        .doesNotHaveDuplicates()
        .isNotEqualTo(sequences.stream().sorted().toList());
  }

  @Test
  void silenceIsComplete() {
    customer.sandbox.faults().silence();
    record(Duration.ofMinutes(3));

    assertThat(customer.heard).isEmpty();
  }

  @Test
  void wrongKeysEndTheRecordingWithAnError() {
    String request = Customer.mix("hls").replace("\"SK\"", "\"wrong\"");
    Task task = customer.starts("room", "4000000017", "mix", request);
    customer.passes(Duration.ofSeconds(5));

    assertThat(customer.types()).containsExactly(40, 1, 11);
    assertThat(customer.theOne(1).details().path("module").asInt()).isEqualTo(1);
    assertThat(customer.theOne(1).details().path("errorCode").asInt()).isEqualTo(32);
    assertThat(customer.theOne(11).details().path("exitStatus").asInt()).isEqualTo(1);
    assertThat(customer.query(task).status()).isEqualTo(404);
    assertThat(customer.sandbox.ledger().recordings().getFirst().endReason()).isEqualTo("storage");
  }

  @Test
  void aBucketThatIsNotThereEndsTheRecordingToo() {
    String request = Customer.mix("hls").replace("\"recordings\"", "\"other\"");
    customer.starts("room", "4000000017", "mix", request);
    customer.passes(Duration.ofSeconds(5));

    assertThat(customer.theOne(1).details().path("errorCode").asInt()).isEqualTo(32);
  }

  private Task record(Duration time) {
    Task task = customer.startsMix("room");
    customer.passes(time);
    return task;
  }

  private static boolean isSigned(Heard notice) {
    return notice.v1().equals(hmac("HmacSHA1", notice.body()))
        && notice.v2().equals(hmac("HmacSHA256", notice.body()));
  }

  private static String hmac(String algorithm, byte[] body) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(Customer.SECRET.getBytes(UTF_8), algorithm));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
