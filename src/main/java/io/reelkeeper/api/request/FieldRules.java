package io.reelkeeper.api.request;

import io.reelkeeper.api.request.Shape.Code;
import io.reelkeeper.api.request.Shape.Entries;
import io.reelkeeper.api.request.Shape.Flag;
import io.reelkeeper.api.request.Shape.Fraction;
import io.reelkeeper.api.request.Shape.Items;
import io.reelkeeper.api.request.Shape.Members;
import io.reelkeeper.api.request.Shape.Table;
import io.reelkeeper.api.request.Shape.Text;
import io.reelkeeper.api.request.Shape.Whole;
import io.reelkeeper.api.request.Shape.Word;
import io.reelkeeper.session.state.Layout;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Every field that a start request may have, with type and range: one row each. What concerns more
/// than one field is in `CrossRules`.
///
/// The rows of `recording`, `files`, `snapshots` and `web` carry Agora's names and Agora's ranges;
/// its documentation calls these objects recordingConfig, recordingFileConfig, snapshotConfig and
/// the serviceParam of the web recorder.
public final class FieldRules {

  private FieldRules() {}

  /// 1 to 4294967295, as Agora wants it: in quotes.
  private static final String UID_FORMAT =
      "[1-9]\\d{0,8}|[1-3]\\d{9}|4[01]\\d{8}|42[0-8]\\d{7}|429[0-3]\\d{6}|4294[0-8]\\d{5}"
          + "|42949[0-5]\\d{4}|429496[0-6]\\d{3}|4294967[01]\\d{2}|42949672[0-8]\\d|429496729[0-5]";

  static final String EVERY_STREAM = "#allstream#";

  private static final Shape UID =
      text("a UID in quotes, \"1\" to \"4294967295\" without leading zeros", UID_FORMAT);

  private static final Shape UID_LIST =
      new Items(
          text(
              "a UID in quotes, \"1\" to \"4294967295\", or \"#allstream#\"",
              EVERY_STREAM + "|" + UID_FORMAT),
          0,
          32);

  private static final Shape WEB_ADDRESS =
      text("an http or https address with a host", "(?i:https?)://[^\\s/?#]+\\S*");

  private static final Shape SECURE_ADDRESS =
      text("an https address with a host", "(?i:https)://[^\\s/?#]+\\S*");

  private static final Shape AUDIO_PROFILE =
      codes(0, "48 kHz mono, 48 kbps", 1, "48 kHz mono, 128 kbps", 2, "48 kHz stereo, 192 kbps");

  private static final Shape CROP_OR_FIT = codes(0, "crop", 1, "fit");

  private static final Shape LAYOUT_REGIONS =
      new Items(
          new Table()
              .optional("uid", UID, "Whose picture; without it in the order of joining.")
              .required("x_axis", new Fraction(0, 1), "Left edge; the origin is top left.")
              .required("y_axis", new Fraction(0, 1), "Upper edge.")
              .required("width", new Fraction(0, 1), "Relative to the canvas.")
              .required("height", new Fraction(0, 1), "Relative to the canvas.")
              .optional("alpha", new Fraction(0, 1), "Opacity, 1 by default.")
              .optional("render_mode", CROP_OR_FIT, "0 by default.")
              .open(),
          1,
          17);

  private static final Shape BACKGROUNDS =
      new Items(
          new Table()
              .required("uid", UID, "Whose background.")
              .required("image_url", SECURE_ADDRESS, "JPG or BMP, at most 6 MB.")
              .optional("render_mode", CROP_OR_FIT, "0 by default.")
              .open(),
          0,
          17);

  static final Members TRANSCODING =
      new Table()
          .optional("width", new Whole(1, 1920, "pixels"), "360 by default.")
          .optional("height", new Whole(1, 1920, "pixels"), "640 by default.")
          .optional(
              "fps", codes(1, "", 7, "", 10, "", 15, "", 24, "", 30, "", 60, ""), "Default 15.")
          .optional("bitrate", new Whole(1, 6500, "kbps"), "500 by default.")
          .optional(
              "mixedVideoLayout",
              codes(0, "floating", 1, "best fit", 2, "vertical", 3, "custom"),
              "0 by default.")
          .optional("maxResolutionUid", UID, "The large window of layout 2.")
          .optional("backgroundColor", text("a colour such as \"#000000\"", "#[0-9a-fA-F]{6}"), "")
          .optional("backgroundImage", WEB_ADDRESS, "Shown cropped.")
          .optional("defaultUserBackgroundImage", WEB_ADDRESS, "Shown when a user sends no video.")
          .optional("layoutConfig", LAYOUT_REGIONS, "Only for layout 3.")
          .optional("backgroundConfig", BACKGROUNDS, "Background per user.")
          .open();

  static final Members RECORDING =
      new Table()
          .optional(
              "channelType",
              codes(0, "communication", 1, "live streaming"),
              "The profile that the channel's clients use; 0 by default.")
          .optional(
              "decryptionMode",
              codes(
                  0,
                  "none",
                  1,
                  "AES_128_XTS",
                  2,
                  "AES_128_ECB",
                  3,
                  "AES_256_XTS",
                  4,
                  "SM4_128_ECB",
                  5,
                  "AES_128_GCM",
                  6,
                  "AES_256_GCM",
                  7,
                  "AES_128_GCM2",
                  8,
                  "AES_256_GCM2"),
              "0 by default.")
          .optional("secret", anyText(256), "The channel's key; encrypted at rest, never shown.")
          .optional("salt", anyText(64), "Base64 of 32 bytes; encrypted at rest, never shown.")
          .optional(
              "maxIdleTime",
              new Whole(5, 2_592_000, "seconds"),
              "How long the recorder stays in an idle channel; 300 by default.")
          .optional("streamTypes", codes(0, "audio", 1, "video", 2, "both"), "2 by default.")
          .optional("videoStreamType", codes(0, "high", 1, "low quality"), "0 by default.")
          .optional("subscribeAudioUids", UID_LIST, "Without any list everything is recorded.")
          .optional("unsubscribeAudioUids", UID_LIST, "Everybody but these.")
          .optional("unSubscribeAudioUids", UID_LIST, "Agora's older spelling of the same.")
          .optional("subscribeVideoUids", UID_LIST, "Without any list everything is recorded.")
          .optional("unsubscribeVideoUids", UID_LIST, "Everybody but these.")
          .optional("unSubscribeVideoUids", UID_LIST, "Agora's older spelling of the same.")
          .optional(
              "subscribeUidGroup",
              codes(
                  0,
                  "1 to 2 UIDs",
                  1,
                  "3 to 7",
                  2,
                  "8 to 12",
                  3,
                  "13 to 17",
                  4,
                  "18 to 32",
                  5,
                  "33 to 49"),
              "Individual mode; by default the smallest that holds the lists, 5 without lists.")
          .optional(
              "streamMode",
              new Word(List.of("default", "standard", "original")),
              "Individual mode; original only with streamTypes 0.")
          .optional("audioProfile", AUDIO_PROFILE, "Composite mode; 0 by default.")
          .optional("transcodingConfig", TRANSCODING, "Composite mode: picture and layout.")
          .optional("privateParams", anyText(4096), "JSON in a text, as agreed with Agora.")
          .open();

  static final Members FILES =
      new Table()
          .optional(
              "avFileType",
              new Items(new Word(List.of("hls", "mp4")), 1, 2),
              "[\"hls\"], or [\"hls\", \"mp4\"] in composite and web mode.")
          .open();

  static final Members SNAPSHOTS =
      new Table()
          .optional("captureInterval", new Whole(5, 3600, "seconds"), "10 by default.")
          .optional("fileType", new Items(new Word(List.of("jpg")), 1, 1), "[\"jpg\"].")
          .open();

  static final Members WEB =
      new Table()
          .required("url", WEB_ADDRESS, "The page to record.")
          .optional("audioProfile", AUDIO_PROFILE, "0 by default.")
          .optional("videoWidth", new Whole(240, 1920, "pixels"), "1280 by default.")
          .optional("videoHeight", new Whole(240, 1920, "pixels"), "720 by default.")
          .optional("maxRecordingHour", new Whole(1, 720, "hours"), "24 by default.")
          .optional(
              "videoBitrate", new Whole(50, 8000, "kbps"), "2000 from 1280x720 on, else 1500.")
          .optional("videoFps", new Whole(5, 60, "frames per second"), "15 by default.")
          .optional("mobile", new Flag(), "Render as on a phone; false by default.")
          .optional("maxVideoDuration", new Whole(30, 240, "minutes"), "Per MP4 file; default 120.")
          .optional("onhold", new Flag(), "Open the page but do not record yet; false by default.")
          .optional("readyTimeout", new Whole(0, 60, "seconds"), "0: no page-load detection.")
          .open();

  /// Empty lists are an error in an update.
  private static final Shape UID_LIST_OF_SOMEBODY =
      new Items(
          text(
              "a UID in quotes, \"1\" to \"4294967295\", or \"#allstream#\"",
              EVERY_STREAM + "|" + UID_FORMAT),
          1,
          32);

  /// What may change of a recording that runs: Agora's `clientRequest` of update.
  public static final Members UPDATE =
      new Table()
          .optional(
              "streamSubscribe",
              new Table()
                  .optional("audioUidList", subscription("Audio"), "Whose audio is recorded.")
                  .optional("videoUidList", subscription("Video"), "Whose video is recorded.")
                  .closed(),
              "Composite and individual mode. It replaces the earlier subscription; a medium"
                  + " without a list is not recorded any more.")
          .optional(
              "webRecordingConfig",
              new Table()
                  .required("onhold", new Flag(), "Whether the recording of the page pauses.")
                  .closed(),
              "Web mode.")
          .optional(
              "rtmpPublishConfig",
              new Table()
                  .required(
                      "outputs",
                      new Items(
                          new Table()
                              .required(
                                  "rtmpUrl",
                                  text(
                                      "an rtmp or rtmps address with a host",
                                      "(?i:rtmps?)://[^\\s/?#]+\\S*"),
                                  "Encrypted at rest, never shown: it holds the stream's key.")
                              .closed(),
                          1,
                          1),
                      "Where the page is pushed to.")
                  .closed(),
              "Web mode, where the recording was started with a push.")
          .closed();

  /// The flat body of updateLayout.
  public static final Members LAYOUT = layout();

  private static Shape subscription(String medium) {
    return new Table()
        .optional("subscribe" + medium + "Uids", UID_LIST_OF_SOMEBODY, "Only these.")
        .optional("unsubscribe" + medium + "Uids", UID_LIST_OF_SOMEBODY, "Everybody but these.")
        .optional(
            "unSubscribe" + medium + "Uids",
            UID_LIST_OF_SOMEBODY,
            "Agora's older spelling of the same.")
        .closed();
  }

  /// As in `transcodingConfig`; null brings back Agora's default.
  private static Members layout() {
    var table = new Table();
    for (String member : Layout.MEMBERS) {
      Members.Member rule = TRANSCODING.known().get(member);
      if (rule != null) {
        table.nullable(member, rule.shape(), rule.says());
      }
    }
    return table.closed();
  }

  static final Members PAGE =
      new Table()
          .optional("probe", new Flag(), "Whether the page includes probe.js and reports itself.")
          .closed();

  /// The whole request.
  public static final Members REQUEST =
      new Table()
          .required("app", anyText(128), "Alias of the Agora App ID, as configured.")
          .required("channel", anyText(1024), "The channel; in web mode a name for the recording.")
          .required(
              "mode", new Word(List.of("composite", "individual", "web")), "What is recorded.")
          .required("storage", anyText(128), "Name of the storage profile.")
          .nullable(
              "slot",
              text("1 to 64 of the characters A-Z a-z 0-9 . _ -", "[A-Za-z0-9._-]{1,64}"),
              "Tells apart several recordings of one channel; \"main\" by default.")
          .nullable(
              "assurance",
              new Word(List.of("standard", "critical", "thrifty")),
              "How eagerly a silent recorder is replaced; \"standard\" by default.")
          .nullable("uid", UID, "The recorder's UID; by default one of the app's reserved block.")
          .nullable("backupUid", UID, "The UID of replacements, used in turn with the first.")
          .nullable(
              "tokens",
              new Entries(UID, anyText(2048), 8),
              "RTC token per recorder UID, where the caller mints them; never shown.")
          .nullable("recording", RECORDING, "Agora's recordingConfig; composite and individual.")
          .nullable("files", FILES, "Agora's recordingFileConfig.")
          .nullable("snapshots", SNAPSHOTS, "Agora's snapshotConfig; individual only.")
          .nullable("web", WEB, "Agora's web recorder parameters; web only.")
          .nullable("page", PAGE, "What the recorded page can do; web only.")
          .nullable(
              "onIdle",
              new Word(List.of("end", "restart")),
              "Whether an idle end of the recorder ends the session; \"end\" by default.")
          .nullable(
              "prefix",
              new Items(anyText(128), 0, 64),
              "Folders in the bucket; A-Z a-z 0-9 each, 128 characters with the slashes.")
          .nullable(
              "labels",
              new Entries(
                  anyText(64), text("a text of at most 256 characters", "(?s).{0,256}"), 64),
              "The caller's own notes; listed and filtered by, never sent to Agora.")
          .closed();

  private static Shape text(String wanted, String format) {
    return new Text(wanted, Pattern.compile(format));
  }

  private static Shape anyText(int max) {
    return text("a text of 1 to %d characters".formatted(max), "(?s).{1,%d}".formatted(max));
  }

  /// Numbers and their meanings, in turn.
  private static Shape codes(Object... numbersAndMeanings) {
    SequencedMap<Integer, String> meanings = new TreeMap<>();
    for (int i = 0; i < numbersAndMeanings.length; i += 2) {
      meanings.put((Integer) numbersAndMeanings[i], (String) numbersAndMeanings[i + 1]);
    }
    return new Code(meanings);
  }
}
