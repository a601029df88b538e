package io.reelkeeper.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reelkeeper.notification.Envelope.Malformed;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {

  @Test
  void theOutsideOfANotificationIsRead() throws Malformed {
    byte[] body =
        """
        {"noticeId":"n1","eventType":40,"sid":"outer","notifyMs":1,"x":{"noticeId":"no"},
         "payload":{"cname":"class32","uid":"527841","sid":"inner","sequence":1,
                    "sendts":1704067205011,"details":{"sid":"no"}}}
        """
            .getBytes(UTF_8);

    Envelope read = only(body);

    assertThat(read)
        .isEqualTo(new Envelope("n1", body, 40, "inner", "class32", "527841", 1, 1704067205011L));
  }

  @Test
  void numbersAndTextsAreTheSame() throws Malformed {
    Envelope read =
        only(
            """
            {"noticeId":17,"eventType":"31","sid":"outer",
             "payload":{"uid":527841,"sequence":"12","sendts":"1704067205011"}}
            """);

    assertThat(read)
        .extracting(
            Envelope::noticeId,
            Envelope::eventType,
            Envelope::sid,
            Envelope::uid,
            Envelope::sequence,
            Envelope::sendts)
        .containsExactly("17", 31, "outer", "527841", 12L, 1704067205011L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"noticeId\":\"n\"}",
        "{\"noticeId\":\"n\",\"eventType\":null,\"payload\":null}",
        "{\"noticeId\":\"n\",\"eventType\":[40],\"sid\":{},\"payload\":[{\"sid\":\"s\"}]}",
        "{\"noticeId\":\"n\",\"eventType\":1e99,\"payload\":\"text\"}",
        "{\"noticeId\":\"n\",\"eventType\":-7,\"payload\":{\"sequence\":-5,\"sendts\":-5}}",
        "{\"noticeId\":\"n\",\"eventType\":99999999999999999999999999,\"payload\":"
            + "{\"sequence\":99999999999999999999,\"sendts\":1.5,\"sid\":false}}",
      })
  void whatIsMissingOrOfAnotherTypeIsNotSaid(String body) throws Malformed {
    Envelope read = only(body);

    assertThat(read).isEqualTo(new Envelope("n", read.raw(), -1, "", "", "", -1, 0));
  }

  @Test
  void theLastOfTwoEqualKeysCounts() throws Malformed {
    Envelope read =
        only(
            "{\"noticeId\":\"a\",\"payload\":{\"sid\":\"a\",\"uid\":\"1\"},\"payload\":{\"sid\":\"b\"},\"noticeId\":\"b\"}");

    assertThat(read.noticeId()).isEqualTo("b");
    assertThat(read.sid()).isEqualTo("b");
    assertThat(read.uid()).isEmpty();
  }

  @Test
  void charactersThatCannotBeStoredAreReplaced() throws Malformed {
    Envelope read =
        only(
            "{\"noticeId\":\"a\\u0000b\",\"payload\":{\"cname\":\"\\ud800\",\"sid\":\"%s\"}}"
                .formatted("s".repeat(5000)));

    assertThat(read.noticeId()).isEqualTo("a\uFFFDb");
    assertThat(read.cname()).isEqualTo("?");
    assertThat(read.sid()).hasSize(1024);
  }

  @Test
  void depthAndLongNumbersAreNoReasonToLoseANotification() throws Malformed {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    String digits = "9".repeat(50_000);

    assertThat(only("{\"x\":" + deep + ",\"noticeId\":\"n\"}").noticeId()).isEqualTo("n");
    assertThat(only("{\"x\":" + digits + ",\"noticeId\":\"n\"}").noticeId()).isEqualTo("n");
    assertThat(only("{\"noticeId\":\"n\",\"eventType\":" + digits + "}").eventType()).isEqualTo(-1);
  }

  @Test
  void theElementsOfAnArrayAreNotificationsWithTheirOwnBytes() throws Malformed {
    String first = "{\"noticeId\":\"ä\", \"x\":\"" + "無".repeat(40_000) + "\"}";
    String second = "{ \"noticeId\":\"b\" }";

    List<Envelope> read = Envelope.read((" [\n" + first + " ,\t" + second + "]").getBytes(UTF_8));

    assertThat(read).extracting(Envelope::noticeId).containsExactly("ä", "b");
    assertThat(read.getFirst().raw()).asString(UTF_8).isEqualTo(first);
    assertThat(read.getLast().raw()).asString(UTF_8).isEqualTo(second);
    assertThat(Envelope.read("[]".getBytes(UTF_8))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "17",
        "\"text\"",
        "{",
        "{}",
        "{\"noticeId\":\"\"}",
        "{\"noticeId\":null}",
        "{\"noticeId\":{\"a\":1}}",
        "{\"noticeId\":true}",
        "{\"noticeId\":\"n\"",
        "{\"noticeId\":\"n\"}}",
        "{\"noticeId\":\"n\"} {\"noticeId\":\"m\"}",
        "{\"noticeId\":\"n\"} garbage",
        "{\"noticeId\":\"n\",}",
        "{\"noticeId\":\"n\u0000\"}",
        "{noticeId:1}",
        "{\"noticeId\":NaN}",
        "{\"noticeId\":\"n\",\"payload\":{\"sid\":\"s\"",
        "[{\"noticeId\":\"n\"},{}]",
        "[{\"noticeId\":\"n\"},null]",
        "[{\"noticeId\":\"n\"}",
        "[[]]",
        "[{\"noticeId\":\"n\"}]]",
        "<html></html>",
      })
  void whatCannotBeToldApartIsMalformed(String body) {
    assertThatThrownBy(() -> Envelope.read(body.getBytes(UTF_8))).isInstanceOf(Malformed.class);
  }

  @Test
  void anIdHasAnEnd() throws Malformed {
    assertThat(only("{\"noticeId\":\"" + "n".repeat(512) + "\"}").noticeId()).hasSize(512);
    assertThatThrownBy(() -> only("{\"noticeId\":\"" + "n".repeat(513) + "\"}"))
        .isInstanceOf(Malformed.class);
  }

  @Test
  void bytesThatAreNotUtf8AreMalformed() {
    byte[] body = "{\"noticeId\":\"n?\"}".getBytes(UTF_8);
    body[14] = (byte) 0xC3;

    assertThatThrownBy(() -> Envelope.read(body)).isInstanceOf(Malformed.class);
    assertThatThrownBy(
            () ->
                Envelope.read(
                    "{\"noticeId\":\"n\"}".getBytes(java.nio.charset.StandardCharsets.UTF_16)))
        .isInstanceOf(Malformed.class);
  }

  @Test
  void aResendAfterMidnightIsFiledWithItsFirstDelivery() throws Malformed {
    Envelope sent =
        only(
            "{\"noticeId\":\"n\",\"payload\":{\"sendts\":%d}}"
                .formatted(millis("2026-02-28T23:59:59Z")));
    Envelope ancient =
        only(
            "{\"noticeId\":\"n\",\"payload\":{\"sendts\":%d}}"
                .formatted(millis("2024-02-28T23:59:59Z")));

    assertThat(sent.month(Instant.parse("2026-02-28T23:59:59.5Z")))
        .isEqualTo(LocalDate.of(2026, 2, 1));
    assertThat(sent.month(Instant.parse("2026-03-01T00:00:10Z")))
        .isEqualTo(LocalDate.of(2026, 2, 1));
    assertThat(ancient.month(Instant.parse("2026-03-01T00:00:10Z")))
        .isEqualTo(LocalDate.of(2026, 3, 1));
    assertThat(only("{\"noticeId\":\"n\"}").month(Instant.parse("2026-03-31T23:59:59Z")))
        .isEqualTo(LocalDate.of(2026, 3, 1));
  }

  private static long millis(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }

  private static Envelope only(String body) throws Malformed {
    return only(body.getBytes(UTF_8));
  }

  private static Envelope only(byte[] body) throws Malformed {
    List<Envelope> read = Envelope.read(body);
    assertThat(read).hasSize(1);
    return read.getFirst();
  }
}
