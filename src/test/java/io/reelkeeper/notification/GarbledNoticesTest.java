package io.reelkeeper.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.reelkeeper.Garbled;
import io.reelkeeper.session.state.Notice;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// A body that was signed is refused as malformed, or kept in a form that can be stored and read.
class GarbledNoticesTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  @Provide
  Arbitrary<byte[]> bodies() {
    return Garbled.of(
        body(40, "{\"msgName\":\"recorder_started\",\"status\":0}"),
        body(12, "{\"newUid\":\"1735928465\"}"),
        body(1, "{\"module\":1,\"errorLevel\":4,\"errorCode\":32,\"stat\":1,\"errorMsg\":\"e\"}"),
        body(31, "{\"status\":0,\"fileList\":[{\"fileName\":\"a.m3u8\",\"uid\":\"7\"}]}"),
        body(33, "{\"progress\":8750}"),
        body(42, "{\"startUtcMs\":1704067206000,\"mixedAllUser\":true,\"streamUid\":\"0\"}"),
        "[" + body(43, "{\"streamUid\":\"123\",\"state\":0,\"UtcMs\":1}") + "]",
        "[" + body(71, "{\"code\":1,\"fileList\":[{\"filename\":\"S.m3u8\"}]}") + "]");
  }

  private static String body(int eventType, String details) {
    return """
    {"noticeId":"n-1","productId":3,"eventType":%d,"notifyMs":1772359200000,"payload":\
    {"cname":"math-101","uid":"4000000017","sid":"s-1","sequence":7,"sendts":1772359199000,\
    "serviceType":0,"details":%s}}\
    """
        .formatted(eventType, details);
  }

  @Property
  void areRefusedOrCanBeStoredAndRead(@ForAll("bodies") byte[] body) {
    for (Envelope envelope : read(body)) {
      assertThat(envelope.noticeId()).isNotEmpty().hasSizeLessThanOrEqualTo(512);
      for (String text :
          List.of(envelope.noticeId(), envelope.sid(), envelope.cname(), envelope.uid())) {
        assertThat(text).doesNotContain("\0").hasSizeLessThanOrEqualTo(1024);
      }
      Inbox.Entry kept = kept(envelope);

      Notice notice = NoticeReader.read(kept);

      assertThat(notice.meaning()).isNotNull();
      assertThatCode(() -> NoticeReader.isForeign(kept)).doesNotThrowAnyException();
    }
  }

  private static List<Envelope> read(byte[] body) {
    try {
      return Envelope.read(body);
    } catch (Envelope.Malformed refused) {
      assertThat(refused).hasMessageNotContaining("Exception");
      return List.of();
    }
  }

  private static Inbox.Entry kept(Envelope envelope) {
    return new Inbox.Entry(
        envelope.month(NOW),
        "classroom",
        envelope.noticeId(),
        NOW,
        "new",
        0,
        envelope.eventType(),
        envelope.sid(),
        envelope.cname(),
        envelope.uid(),
        envelope.sequence(),
        envelope.sendts(),
        new String(envelope.raw(), UTF_8));
  }
}
