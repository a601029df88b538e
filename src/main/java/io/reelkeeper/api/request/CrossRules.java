package io.reelkeeper.api.request;

import static io.reelkeeper.api.request.FieldRules.EVERY_STREAM;

import io.reelkeeper.core.Mode;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The rules that concern more than one field. A field of the wrong type is skipped here:
/// `FieldRules` has said so already.
final class CrossRules {

  private static final int LONGEST_CHANNEL = 63; // Agora: "less than 64 bytes"
  private static final int LONGEST_WEB_NAME = 1024;

  private static final Pattern CHANNEL_CHARACTERS =
      Pattern.compile("[a-zA-Z0-9 !#$%&()+\\-:;<=.>?@\\[\\]^_{}|~,]+");

  /// The parameter that `probe.js` reads.
  private static final Pattern WAY_BACK = Pattern.compile("[?&]reelkeeper(=|&|$)");

  /// How many UIDs each `subscribeUidGroup` holds.
  private static final List<Integer> GROUP_SIZES = List.of(2, 7, 12, 17, 32, 49);

  private static final int PIXELS = 1920 * 1080;

  private final JsonNode body;
  private final Mode mode;
  private final Violations violations;

  private CrossRules(JsonNode body, Mode mode, Violations violations) {
    this.body = body;
    this.mode = mode;
    this.violations = violations;
  }

  static void check(JsonNode body, Mode mode, Violations violations) {
    var rules = new CrossRules(body, mode, violations);
    rules.membersOfTheMode();
    rules.channel();
    rules.uids();
    if (mode == Mode.WEB) {
      rules.pixels("/web", body.path("web"), "videoWidth", 1280, "videoHeight", 720);
      rules.probe();
    } else {
      rules.subscriptions();
      rules.uidGroup();
      rules.encryption();
      rules.individualOrComposite();
      rules.transcoding();
    }
    rules.files();
    rules.snapshots();
  }

  /// The smallest group that holds the UIDs of the lists; the largest where anybody may be
  /// recorded.
  static int uidGroup(JsonNode recording) {
    Set<String> uids = subscribed(recording);
    if (uids.isEmpty() || uids.contains(EVERY_STREAM)) {
      return GROUP_SIZES.size() - 1;
    }
    int group = 0;
    while (GROUP_SIZES.get(group) < uids.size() && group < GROUP_SIZES.size() - 1) {
      group++;
    }
    return group;
  }

  private void membersOfTheMode() {
    if (mode == Mode.WEB) {
      if (!given("web")) {
        violations.add(
            "/web/url", "This is required in web mode: the http or https address to record.");
      }
      refuse("recording", "belongs to the modes composite and individual; use web instead");
    } else {
      refuse("web", "belongs to the mode web; leave it out or change the mode");
      refuse("page", "belongs to the mode web; leave it out or change the mode");
    }
    if (mode != Mode.INDIVIDUAL) {
      refuse("snapshots", "belongs to the mode individual; leave it out or change the mode");
    }
  }

  private void channel() {
    if (!body.path("channel").isString()) {
      return;
    }
    String channel = body.path("channel").stringValue();
    if (!channel.isEmpty() && !CHANNEL_CHARACTERS.matcher(channel).matches()) {
      violations.add(
          "/channel",
          "Allowed are a-z A-Z 0-9, space and ! # $ % & ( ) + - : ; < = . > ? @ [ ] ^ _ { } | ~ ,");
    }
    int longest = mode == Mode.WEB ? LONGEST_WEB_NAME : LONGEST_CHANNEL;
    if (channel.length() > longest) {
      violations.add("/channel", "The name may be %d bytes long in this mode.".formatted(longest));
    }
  }

  private void uids() {
    JsonNode uid = body.path("uid");
    if (uid.isString() && uid.equals(body.path("backupUid"))) {
      violations.add(
          "/backupUid",
          "This must differ from uid: two recorders with one UID throw each other out of the"
              + " channel.");
    }
  }

  private void subscriptions() {
    JsonNode recording = body.path("recording");
    for (String medium : List.of("Audio", "Video")) {
      subscription("/recording", recording, medium, number(recording, "streamTypes"), violations);
    }
  }

  /// The lists of one medium.
  ///
  /// @param streamTypes what is recorded; null when it is not said
  static void subscription(
      String place,
      JsonNode lists,
      String medium,
      @Nullable Integer streamTypes,
      Violations violations) {
    String white = "subscribe" + medium + "Uids";
    String black = "unsubscribe" + medium + "Uids";
    String oldBlack = "unSubscribe" + medium + "Uids";
    if (lists.has(black) && lists.has(oldBlack)) {
      violations.add(place + "/" + oldBlack, "This is " + black + " spelled twice; keep one.");
    }
    boolean excluding = lists.has(black) || lists.has(oldBlack);
    String blackPlace = place + "/" + (lists.has(black) ? black : oldBlack);
    if (lists.has(white) && excluding) {
      violations.add(blackPlace, "This and " + white + " exclude each other; keep one.");
    }
    int other = medium.equals("Audio") ? 1 : 0;
    if (streamTypes != null && streamTypes == other && (lists.has(white) || excluding)) {
      violations.add(
          lists.has(white) ? place + "/" + white : blackPlace,
          "With streamTypes %d no %s is recorded; leave the list out or change streamTypes."
              .formatted(other, medium.equals("Audio") ? "audio" : "video"));
    }
    JsonNode list = lists.path(white);
    if (list.isArray() && list.size() > 1 && contains(list, EVERY_STREAM)) {
      violations.add(place + "/" + white, "\"#allstream#\" means everybody and must stand alone.");
    }
  }

  private void uidGroup() {
    JsonNode recording = body.path("recording");
    Integer group = number(recording, "subscribeUidGroup");
    Set<String> uids = subscribed(recording);
    if (mode == Mode.INDIVIDUAL && group != null && exceeds(group, uids)) {
      violations.add(
          "/recording/subscribeUidGroup",
          "Group %d holds %d UIDs, the lists have %d; send %d, or leave it out."
              .formatted(group, GROUP_SIZES.get(group), uids.size(), uidGroup(recording)));
    }
  }

  /// Whether a `subscribeUidGroup` holds fewer than these.
  static boolean exceeds(int group, Set<String> uids) {
    return group >= 0 && group < GROUP_SIZES.size() && uids.size() > GROUP_SIZES.get(group);
  }

  private void encryption() {
    JsonNode recording = body.path("recording");
    Integer sent = number(recording, "decryptionMode");
    int decryption = sent == null ? 0 : sent;
    boolean encrypted = decryption >= 1 && decryption <= 8;
    if (encrypted && !recording.has("secret")) {
      violations.add(
          "/recording/secret", "This is required when decryptionMode is not 0: the channel's key.");
    }
    if (encrypted && decryption >= 7 && !recording.has("salt")) {
      violations.add(
          "/recording/salt", "This is required with decryptionMode 7 and 8: base64 of 32 bytes.");
    }
    JsonNode salt = recording.path("salt");
    if (salt.isString() && !isBase64Of32Bytes(salt.stringValue())) {
      violations.add("/recording/salt", "This must be base64 of exactly 32 bytes.");
    }
  }

  private void individualOrComposite() {
    JsonNode recording = body.path("recording");
    if (mode == Mode.INDIVIDUAL) {
      for (String field : List.of("audioProfile", "transcodingConfig")) {
        if (recording.has(field)) {
          violations.add(
              "/recording/" + field,
              "This belongs to the mode composite; leave it out or change the mode.");
        }
      }
    }
    if (mode == Mode.COMPOSITE && recording.has("streamMode")) {
      violations.add(
          "/recording/streamMode",
          "This belongs to the mode individual; leave it out or change the mode.");
      return;
    }
    Integer types = number(recording, "streamTypes");
    boolean original =
        recording.path("streamMode").isString()
            && recording.path("streamMode").stringValue().equals("original");
    if (original && (types == null || types != 0)) {
      violations.add(
          "/recording/streamMode", "\"original\" is for audio alone: send streamTypes 0 with it.");
    }
  }

  private void transcoding() {
    JsonNode transcoding = body.path("recording").path("transcodingConfig");
    String place = "/recording/transcodingConfig";
    if (!transcoding.isObject()) {
      return;
    }
    pixels(place, transcoding, "width", 360, "height", 640);
    layout(place, transcoding, violations);
  }

  /// What Agora would only find out when the recorder has begun (reference §3.3).
  static void layout(String place, JsonNode layout, Violations violations) {
    Integer chosen = number(layout, "mixedVideoLayout");
    int kind = chosen == null ? 0 : chosen;
    if (layout.has("layoutConfig") && kind != 3) {
      violations.add(place + "/layoutConfig", "This is only for mixedVideoLayout 3 (custom).");
    }
    if (kind == 3 && !layout.has("layoutConfig")) {
      violations.add(
          place + "/layoutConfig", "This is required with mixedVideoLayout 3: 1 to 17 regions.");
    }
    if (layout.has("maxResolutionUid") && kind != 2) {
      violations.add(
          place + "/maxResolutionUid", "This is only for mixedVideoLayout 2 (vertical).");
    }
  }

  private void probe() {
    String url = body.path("web").path("url").asString("").split("#", 2)[0];
    if (body.path("page").path("probe").asBoolean(false) && WAY_BACK.matcher(url).find()) {
      violations.add(
          "/web/url",
          "The parameter reelkeeper is added with page.probe; the address must not have it yet.");
    }
  }

  private void files() {
    JsonNode types = body.path("files").path("avFileType");
    String place = "/files/avFileType";
    if (!types.isArray() || types.isEmpty() || violations.anyBelow(place)) {
      return;
    }
    if (types.size() == 2 && types.get(0).equals(types.get(1))) {
      violations.add(place, "This names one type twice; send [\"hls\"] or [\"hls\", \"mp4\"].");
    } else if (!contains(types, "hls")) {
      violations.add(place, "Agora makes MP4 only beside HLS; send [\"hls\", \"mp4\"].");
    } else if (mode == Mode.INDIVIDUAL && contains(types, "mp4")) {
      violations.add(place, "MP4 is for the modes composite and web; send [\"hls\"].");
    }
  }

  private void snapshots() {
    JsonNode recording = body.path("recording");
    if (!given("snapshots") || mode != Mode.INDIVIDUAL) {
      return;
    }
    Integer types = number(recording, "streamTypes");
    if (types != null && types == 0) {
      violations.add(
          "/recording/streamTypes",
          "Snapshots need video: send streamTypes 1 or 2, or no snapshots.");
    }
    if (hearsAlone(recording)) {
      violations.add("/recording/subscribeVideoUids", SNAPSHOTS_NEED_VIDEO);
    }
  }

  static final String SNAPSHOTS_NEED_VIDEO =
      "This is required with snapshots when audio has a list: else no video is received.";

  /// A list for one medium alone means that the other one is not received at all.
  static boolean hearsAlone(JsonNode lists) {
    boolean black = lists.has("unsubscribeAudioUids") || lists.has("unSubscribeAudioUids");
    boolean seesWhite = lists.has("subscribeVideoUids");
    boolean seesBlack = lists.has("unsubscribeVideoUids") || lists.has("unSubscribeVideoUids");
    return lists.has("subscribeAudioUids") ? !seesWhite : black && !seesWhite && !seesBlack;
  }

  private void pixels(
      String place,
      JsonNode picture,
      String widthField,
      int width,
      String heightField,
      int height) {
    Integer sentWidth = number(picture, widthField);
    Integer sentHeight = number(picture, heightField);
    long pixels =
        (long) (sentWidth == null ? width : sentWidth) * (sentHeight == null ? height : sentHeight);
    if (pixels > PIXELS) {
      violations.add(
          place + "/" + heightField,
          "%s times %s may be at most 1920 x 1080 (%d pixels)."
              .formatted(widthField, heightField, PIXELS));
    }
  }

  private boolean given(String member) {
    return body.hasNonNull(member);
  }

  private void refuse(String member, String why) {
    if (given(member)) {
      violations.add("/" + member, "This " + why + ".");
    }
  }

  static Set<String> subscribed(JsonNode recording) {
    var uids = new HashSet<String>();
    for (String list : List.of("subscribeAudioUids", "subscribeVideoUids")) {
      for (JsonNode uid : recording.path(list)) {
        if (uid.isString()) {
          uids.add(uid.stringValue());
        }
      }
    }
    return uids;
  }

  private static boolean contains(JsonNode list, String text) {
    for (JsonNode element : list) {
      if (element.isString() && element.stringValue().equals(text)) {
        return true;
      }
    }
    return false;
  }

  static @Nullable Integer number(JsonNode object, String field) {
    JsonNode value = object.path(field);
    return value.isIntegralNumber() && value.canConvertToInt() ? value.intValue() : null;
  }

  private static boolean isBase64Of32Bytes(String text) {
    try {
      return Base64.getDecoder().decode(text).length == 32;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
