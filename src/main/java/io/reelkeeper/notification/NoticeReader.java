package io.reelkeeper.notification;

import io.reelkeeper.core.StreamAddress;
import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Notice.What;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// What a kept notification says (reference §8.6 to §8.8).
///
/// Nothing is required of Agora's members: what is missing or of another type is null, -1 or empty,
/// and what cannot be read at all is `Other`.
final class NoticeReader {

  private static final JsonMapper JSON = JsonMapper.shared();

  /// As `productId` (reference §8.2).
  private static final int CLOUD_RECORDING = 3;

  private NoticeReader() {}

  static Notice read(Inbox.Entry entry) {
    JsonNode payload = body(entry.body()).path("payload");
    return new Notice(
        entry.noticeId(),
        entry.eventType(),
        entry.sid(),
        entry.cname(),
        entry.uid(),
        number(payload.path("serviceType")),
        entry.sequence(),
        entry.sendts(),
        what(entry.eventType(), payload.path("details")));
  }

  /// Whether it is a notification of another product of Agora (channels, pulls, pushes), which may
  /// share the address and the secret, and has event types and sids of its own.
  static boolean isForeign(Inbox.Entry entry) {
    JsonNode product = body(entry.body()).path("productId");
    return product.isNumber() && product.asDouble() != CLOUD_RECORDING;
  }

  private static JsonNode body(String body) {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      return MissingNode.getInstance(); // too deep or too large to be understood
    }
  }

  private static What what(int eventType, JsonNode details) {
    return switch (eventType) {
      case 1 ->
          new What.Failed(
              number(details.path("module")),
              number(details.path("errorLevel")),
              number(details.path("errorCode")),
              number(details.path("stat")),
              text(details.path("errorMsg")));
      case 2 -> new What.Warned(number(details.path("module")), number(details.path("warnCode")));
      case 3 ->
          new What.StatusUpdated(
              number(details.path("status")),
              files(details.path("fileList")).stream().findFirst().orElse(null));
      case 4 -> new What.PlaylistUploaded(playlist(files(details.path("fileList"))));
      case 11 -> new What.Exited(number(details.path("exitStatus")));
      case 12 -> new What.FailedOver(Envelope.storable(text(details.path("newUid"))));
      case 13 -> new What.HaRegistered();
      case 30 -> new What.UploaderStarted(number(details.path("status")));
      case 31 -> new What.Uploaded(number(details.path("status")), files(details.path("fileList")));
      case 32 -> new What.BackedUp(number(details.path("status")), files(details.path("fileList")));
      case 33 -> new What.Uploading(number(details.path("progress")));
      case 40 -> new What.RecorderStarted(number(details.path("status")));
      case 41 -> new What.RecorderLeft(number(details.path("leaveCode")));
      case 42 ->
          new What.SliceStarted(
              millis(details.path("startUtcMs")),
              millis(details.path("discontinueUtcMs")),
              details.path("mixedAllUser").asBoolean(false),
              text(details.path("streamUid")),
              text(details.path("trackType")));
      case 43, 44 ->
          new What.StreamChanged(
              eventType == 44,
              text(details.path("streamUid")),
              number(details.path("state")) == 0, // 0 is receiving, against intuition
              millis(details.has("UtcMs") ? details.path("UtcMs") : details.path("utcMs")));
      case 45 -> new What.SnapshotUploaded(Envelope.storable(file(details)));
      case 60 -> new What.VodStarted(text(details.path("aliVodInfo").path("videoId")));
      case 61 -> new What.VodTriggered();
      case 70 -> new What.WebRecorderStarted(millis(details.path("recorderStartTime")));
      case 71 ->
          new What.WebRecorderStopped(
              number(details.path("code")),
              trimmed(text(details.path("message"))),
              text(details.path("details")),
              files(details.path("fileList")));
      case 72 -> new What.CapabilityExceeded(text(details.path("limitType")));
      case 73 -> new What.WebPageReloaded(text(details.path("reason")));
      case 80 -> new What.TranscoderStarted();
      case 81 ->
          new What.TranscoderCompleted(text(details.path("result")), perUser(details.path("uids")));
      case 90 ->
          new What.DownloadFailed(
              number(details.path("vendor")),
              number(details.path("region")),
              text(details.path("bucket")),
              file(details));
      case 100 ->
          new What.RtmpPublished(
              details.path("rtmpUrl").stringValueOpt().map(StreamAddress::withoutKey).orElse(null),
              text(details.path("status")));
      case 1001 ->
          new What.TranscodingEnded(text(details.path("result")), files(details.path("fileList")));
      default -> new What.Other();
    };
  }

  /// A text, an array of texts or of objects, or nothing: Agora uses all of these.
  private static List<String> files(JsonNode list) {
    var names = new ArrayList<String>();
    for (JsonNode element : list.isArray() ? list : List.of(list)) {
      String name = element.isObject() ? file(element) : text(element);
      if (name != null && !name.isEmpty()) {
        names.add(name);
      }
    }
    return List.copyOf(names);
  }

  private static List<String> perUser(JsonNode users) {
    var names = new ArrayList<String>();
    users.forEach(user -> names.addAll(files(user.path("fileList"))));
    return List.copyOf(names);
  }

  private static String playlist(List<String> files) {
    return files.stream()
        .filter(name -> name.endsWith(".m3u8"))
        .findFirst()
        .orElseGet(() -> files.isEmpty() ? "" : files.getFirst());
  }

  /// `filename` is the spelling of web recordings.
  private static @Nullable String file(JsonNode node) {
    return text(node.has("fileName") ? node.path("fileName") : node.path("filename"));
  }

  private static @Nullable String text(JsonNode node) {
    return node.isString() || node.isNumber() ? Envelope.storable(node.asString()) : null;
  }

  private static @Nullable String trimmed(@Nullable String text) {
    return text == null ? null : text.strip();
  }

  private static long millis(JsonNode node) {
    return Math.max(-1, Envelope.integer(text(node), -1));
  }

  private static int number(JsonNode node) {
    long value = Envelope.integer(text(node), -1);
    return value == (int) value ? (int) value : -1;
  }
}
