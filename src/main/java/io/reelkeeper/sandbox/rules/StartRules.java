package io.reelkeeper.sandbox.rules;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Refusals of start: the client request of the three modes, its storage included.
public final class StartRules {

  private static final long LONGEST_IDLE_SECONDS = 2_592_000;
  private static final int MOST_PIXELS = 1920 * 1080;
  private static final int LONGEST_PREFIX = 128;
  private static final Pattern PREFIX_ELEMENT = Pattern.compile("[a-zA-Z0-9]+");
  private static final Pattern SALT = Pattern.compile("[A-Za-z0-9+/]{43}=");

  /// Vendors whose region number has no effect.
  private static final Set<Integer> WITHOUT_REGION = Set.of(0, 5, 6, 11);

  private static final int S3_COMPATIBLE = 11;

  private static final Map<Integer, Set<Integer>> REGIONS =
      Map.of(
          1, with(upTo(25), 28),
          2, upTo(27),
          3, upTo(19),
          4, upTo(9),
          7, upTo(15),
          8, upTo(7));

  private StartRules() {}

  /// Answers why the client request cannot start, or null if it can.
  ///
  /// @param scene what the resource was acquired for
  public static @Nullable String refusal(String mode, int scene, JsonNode request) {
    var check = new Checker("Start");
    boolean web = mode.equals("web");
    check.refuseIf(web != (scene == 1), "scene");
    check.text(request, "token", false);
    JsonNode storage = check.object(request, "storageConfig", !usesVod(request));
    if (storage != null) {
      storage(check, storage);
    }
    files(check, mode, request);
    if (web) {
      check.refuseIf(request.has("snapshotConfig"), "snapshotConfig");
      extensions(check, request);
      return check.refusal();
    }
    JsonNode recording = check.object(request, "recordingConfig", true);
    if (recording != null) {
      recording(check, mode, recording);
      snapshots(check, mode, request, recording);
    }
    if (scene == 2) {
      postponed(check, request);
    }
    return check.refusal();
  }

  private static boolean usesVod(JsonNode request) {
    return request
        .path("extensionServiceConfig")
        .path("extensionServices")
        .path(0)
        .path("serviceName")
        .asString("")
        .equals("aliyun_vod_service");
  }

  private static void recording(Checker check, String mode, JsonNode config) {
    boolean mix = mode.equals("mix");
    check.integer(config, "channelType", 0, 1, true);
    check.integer(config, "decryptionMode", 0, 8, false);
    int decryption = config.path("decryptionMode").asInt(0);
    check.text(config, "secret", decryption != 0);
    check.matches(config, "salt", SALT, decryption >= 7);
    check.integer(config, "maxIdleTime", 5, LONGEST_IDLE_SECONDS, false);
    check.integer(config, "streamTypes", 0, 2, false);
    check.integer(config, "videoStreamType", 0, 1, false);
    check.text(config, "privateParams", false);
    int streams = config.path("streamTypes").asInt(2);
    medium(check, config, "Audio", streams == 1);
    medium(check, config, "Video", streams == 0);
    check.integer(config, "subscribeUidGroup", 0, 5, !mix);
    check.oneOf(config, "streamMode", Set.of("default", "standard", "original"));
    check.refuseIf(mix && config.has("streamMode"), "streamMode");
    check.refuseIf(
        config.path("streamMode").asString("").equals("original") && streams != 0, "streamMode");
    check.refuseIf(!mix && config.has("audioProfile"), "audioProfile");
    check.integer(config, "audioProfile", 0, 2, false);
    check.refuseIf(!mix && config.has("transcodingConfig"), "transcodingConfig");
    JsonNode transcoding = check.object(config, "transcodingConfig", false);
    if (transcoding != null) {
      transcoding(check, transcoding);
    }
  }

  private static void medium(Checker check, JsonNode config, String medium, boolean notRecorded) {
    boolean white = Rules.uids(check, config, "subscribe" + medium + "Uids", true);
    boolean black = Rules.blackList(check, config, medium, true);
    check.refuseIf((white || black) && notRecorded, "subscribe" + medium + "Uids");
    check.refuseIf(white && black, "unsubscribe" + medium + "Uids");
  }

  private static void transcoding(Checker check, JsonNode config) {
    check.integer(config, "width", 1, 1920, false);
    check.integer(config, "height", 1, 1920, false);
    check.refuseIf(
        config.path("width").asLong(360) * config.path("height").asLong(640) > MOST_PIXELS,
        "width");
    // another frame rate than the listed ones silently becomes 15
    check.integer(config, "fps", 1, Integer.MAX_VALUE, false);
    check.integer(config, "bitrate", 1, 6500, false);
    Rules.layout(check, config);
  }

  private static void snapshots(Checker check, String mode, JsonNode request, JsonNode recording) {
    JsonNode config = check.object(request, "snapshotConfig", false);
    if (config == null) {
      return;
    }
    check.refuseIf(!mode.equals("individual"), "snapshotConfig");
    check.integer(config, "captureInterval", 1, 3600, false);
    JsonNode types = check.array(config, "fileType", 1, true);
    check.refuseIf(types != null && !types.path(0).asString("").equals("jpg"), "fileType");
    check.refuseIf(recording.path("streamTypes").asInt(2) == 0, "streamTypes");
    check.refuseIf(
        recording.has("subscribeAudioUids") && !recording.has("subscribeVideoUids"),
        "subscribeVideoUids");
  }

  private static void files(Checker check, String mode, JsonNode request) {
    JsonNode config = check.object(request, "recordingFileConfig", false);
    JsonNode types = config == null ? null : check.array(config, "avFileType", 2, false);
    if (types == null) {
      return;
    }
    var names = types.valueStream().map(type -> type.asString("")).toList();
    boolean fine =
        names.equals(java.util.List.of("hls"))
            || (!mode.equals("individual")
                && names.size() == 2
                && Set.copyOf(names).equals(Set.of("hls", "mp4")));
    check.refuseIf(!fine, "avFileType");
  }

  static void storage(Checker check, JsonNode config) {
    check.integer(config, "vendor", 0, S3_COMPATIBLE, true);
    check.integer(config, "region", 0, Integer.MAX_VALUE, true);
    if (check.fine()) {
      int vendor = config.path("vendor").asInt();
      Set<Integer> regions = REGIONS.getOrDefault(vendor, Set.of());
      boolean known = WITHOUT_REGION.contains(vendor) || REGIONS.containsKey(vendor);
      check.refuseIf(!known, "vendor");
      check.refuseIf(
          !WITHOUT_REGION.contains(vendor) && !regions.contains(config.path("region").asInt()),
          "region");
    }
    check.text(config, "bucket", true);
    check.text(config, "accessKey", true);
    check.text(config, "secretKey", true);
    check.text(config, "stsToken", false);
    check.integer(config, "stsExpiration", 0, Long.MAX_VALUE, false);
    prefix(check, config);
    JsonNode extension =
        check.object(config, "extensionParams", config.path("vendor").asInt() == S3_COMPATIBLE);
    if (extension != null) {
      check.oneOf(extension, "sse", Set.of("kms", "aes256"));
      check.text(extension, "tag", false);
      String endpoint =
          check.text(extension, "endpoint", config.path("vendor").asInt() == S3_COMPATIBLE);
      check.refuseIf(endpoint != null && endpoint.contains("/"), "endpoint");
    }
  }

  private static void prefix(Checker check, JsonNode config) {
    JsonNode elements = check.array(config, "fileNamePrefix", Integer.MAX_VALUE, false);
    if (elements == null) {
      return;
    }
    int length = 0;
    for (JsonNode element : elements) {
      boolean fine = element.isString() && PREFIX_ELEMENT.matcher(element.stringValue()).matches();
      check.refuseIf(!fine, "fileNamePrefix");
      length += element.asString("").length() + 1;
    }
    check.refuseIf(length > LONGEST_PREFIX, "fileNamePrefix");
  }

  private static void extensions(Checker check, JsonNode request) {
    JsonNode config = check.object(request, "extensionServiceConfig", true);
    if (config == null) {
      return;
    }
    check.oneOf(config, "errorHandlePolicy", Set.of("error_abort"));
    check.oneOf(config, "apiVersion", Set.of("v1"));
    JsonNode services = check.array(config, "extensionServices", 2, true);
    if (services == null) {
      return;
    }
    boolean recorder = false;
    for (JsonNode service : services) {
      String name = check.text(service, "serviceName", true);
      JsonNode param = check.object(service, "serviceParam", true);
      switch (name == null ? "" : name) {
        case "web_recorder_service" -> {
          recorder = true;
          check.oneOf(service, "errorHandlePolicy", Set.of("error_abort"));
          page(check, param == null ? JsonNodeFactory.instance.objectNode() : param);
        }
        case "rtmp_publish_service" -> {
          check.oneOf(service, "errorHandlePolicy", Set.of("error_ignore"));
          Rules.outputs(check, param == null ? JsonNodeFactory.instance.objectNode() : param);
        }
        default -> check.refuse("serviceName");
      }
    }
    check.refuseIf(!recorder, "extensionServices");
  }

  private static void page(Checker check, JsonNode param) {
    check.text(param, "url", true);
    check.integer(param, "audioProfile", 0, 2, true);
    check.integer(param, "videoWidth", 240, 1920, true);
    check.integer(param, "videoHeight", 240, 1920, true);
    check.refuseIf(
        param.path("videoWidth").asLong(0) * param.path("videoHeight").asLong(0) > MOST_PIXELS,
        "videoWidth");
    check.integer(param, "maxRecordingHour", 1, 720, true);
    check.integer(param, "videoBitrate", 50, 8000, false);
    check.integer(param, "videoFps", 5, 60, false);
    check.bool(param, "mobile");
    check.integer(param, "maxVideoDuration", 30, 240, false);
    check.bool(param, "onhold");
    check.integer(param, "readyTimeout", 0, 60, false);
  }

  private static void postponed(Checker check, JsonNode request) {
    JsonNode apps = check.object(request, "appsCollection", false);
    if (apps != null) {
      check.oneOf(apps, "combinationPolicy", Set.of("default", "postpone_transcoding"));
    }
    JsonNode options = check.object(request, "transcodeOptions", false);
    JsonNode container = options == null ? null : check.object(options, "container", false);
    if (container != null) {
      check.oneOf(container, "format", Set.of("mp4", "mp3", "m4a", "aac"));
    }
  }

  private static Set<Integer> upTo(int last) {
    return IntStream.rangeClosed(0, last).boxed().collect(toUnmodifiableSet());
  }

  private static Set<Integer> with(Set<Integer> some, int more) {
    return IntStream.concat(some.stream().mapToInt(Integer::intValue), IntStream.of(more))
        .boxed()
        .collect(toUnmodifiableSet());
  }
}
