package io.reelkeeper.provider;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What may be kept of a request or an answer: known harmless members as they are, everything else
/// as a fingerprint that still proves which value it was.
///
/// `fp:` and 16 hexadecimal digits of HMAC-SHA256; the key comes from `reelkeeper.encryption-key`,
/// or is random, and then fingerprints compare only within one process.
@Component
class Redaction {

  /// Members whose values are no secrets, by the names of reference §2 to §5.
  private static final Set<String> HARMLESS =
      Set.of(
          // who and what
          "cname",
          "uid",
          "sid",
          "resourceId",
          "code",
          "reason",
          "message",
          "scene",
          "region",
          "resourceExpiredHour",
          "regionAffinity",
          "excludeResourceIds",
          "command",
          // recordingConfig and layouts
          "channelType",
          "decryptionMode",
          "maxIdleTime",
          "streamTypes",
          "videoStreamType",
          "streamMode",
          "audioProfile",
          "subscribeAudioUids",
          "unsubscribeAudioUids",
          "unSubscribeAudioUids",
          "subscribeVideoUids",
          "unsubscribeVideoUids",
          "unSubscribeVideoUids",
          "subscribeUidGroup",
          "width",
          "height",
          "fps",
          "bitrate",
          "mixedVideoLayout",
          "maxResolutionUid",
          "backgroundColor",
          "x_axis",
          "y_axis",
          "alpha",
          "render_mode",
          // files, snapshots, postponed transcoding
          "avFileType",
          "captureInterval",
          "fileType",
          "combinationPolicy",
          "format",
          "transMode",
          "sampleRate",
          "channels",
          // storage: the place, never the keys
          "vendor",
          "bucket",
          "fileNamePrefix",
          "stsExpiration",
          "sse",
          "tag",
          "endpoint",
          // web
          "errorHandlePolicy",
          "apiVersion",
          "serviceName",
          "videoWidth",
          "videoHeight",
          "maxRecordingHour",
          "videoBitrate",
          "videoFps",
          "mobile",
          "maxVideoDuration",
          "onhold",
          "readyTimeout",
          // update and stop
          "async_stop",
          // answers
          "status",
          "fileListMode",
          "fileList",
          "fileListStr",
          "sliceStartTime",
          "fileName",
          "filename",
          "trackType",
          "mixedAllUser",
          "isPlayable",
          "state",
          "uploadingStatus",
          "recordingService",
          "backuped",
          "gwWorkerVersion",
          "inProgressBitmask",
          "selectionBitmask",
          "subscribeModeBitmask",
          "vid",
          // presence
          "success",
          "channel_exist",
          "mode",
          "total",
          "audience_total",
          "broadcasters",
          "users",
          "audience");

  /// Addresses: scheme, host and path say where; what follows the path may be a signature.
  private static final Set<String> ADDRESSES =
      Set.of("url", "backgroundImage", "defaultUserBackgroundImage", "image_url");

  /// The parameter that a recorded page finds its token in.
  private static final String WAY_BACK = "reelkeeper=";

  /// Bodies of Agora are some hundred bytes; what is larger shows its nature in its beginning.
  private static final int LARGEST_BODY = 8 * 1024;

  /// Enough to tell a gateway's page from Agora's answer, too little to hide a secret in.
  private static final int BEGINNING = 120;

  private static final int LONGEST_NAME = 64;

  /// Shorter values, such as `1`, occur everywhere by chance.
  private static final int SHORTEST_SECRET = 8;

  private final byte[] key;
  private final JsonMapper json = JsonMapper.builder().build();

  Redaction(AgoraApps apps, RandomGenerator random) {
    String given = apps.encryptionKey();
    if (given == null || given.isBlank()) {
      key = new byte[32];
      random.nextBytes(key);
    } else {
      key =
          hmac(
              given.strip().getBytes(StandardCharsets.UTF_8),
              "reelkeeper: fingerprints of the provider journal, 1"
                  .getBytes(StandardCharsets.UTF_8));
    }
  }

  /// The fingerprint under which a value stands in the journal.
  String fingerprint(String value) {
    byte[] digest = hmac(key, value.getBytes(StandardCharsets.UTF_8));
    return "fp:" + HexFormat.of().formatHex(digest, 0, 8);
  }

  private static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The secrets of one request, to be found again wherever the answer repeats them.
  ///
  /// @param request null for a request without a body
  Secrets secretsOf(@Nullable JsonNode request, AgoraApps.App app) {
    var found = new HashSet<String>();
    Stream.of(app.key(), app.secret(), app.appCertificate())
        .filter(value -> value != null && value.length() >= SHORTEST_SECRET)
        .forEach(found::add);
    found.add(
        java.util.Base64.getEncoder()
            .encodeToString((app.key() + ":" + app.secret()).getBytes(StandardCharsets.UTF_8)));
    if (request != null) {
      collect("", request, found);
    }
    return new Secrets(found);
  }

  private static void collect(String name, JsonNode node, Set<String> found) {
    if (node.isObject()) {
      node.properties().forEach(member -> collect(member.getKey(), member.getValue(), found));
    } else if (node.isArray()) {
      node.forEach(element -> collect(name, element, found));
    } else if (node.isString() && !HARMLESS.contains(name)) {
      (ADDRESSES.contains(name) ? behindThePath(node.asString()) : Stream.of(node.asString()))
          .filter(value -> value.length() >= SHORTEST_SECRET)
          .forEach(found::add);
    }
  }

  /// All that follows the path; and by itself, however it may be repeated, the way back to this
  /// service, which ends in the token of a recorded page. Other parameters are not taken apart: the
  /// value of one is often the channel's name.
  private static Stream<String> behindThePath(String url) {
    int end = url.indexOf('?');
    if (end < 0) {
      return Stream.empty();
    }
    String behind = url.substring(end + 1);
    return Stream.concat(
        Stream.of(behind),
        Arrays.stream(behind.split("[&#]"))
            .filter(parameter -> parameter.startsWith(WAY_BACK))
            .map(parameter -> decoded(parameter.substring(WAY_BACK.length())))
            .flatMap(back -> Stream.of(back, back.substring(back.lastIndexOf('/') + 1))));
  }

  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return value; // a lone percent sign
    }
  }

  /// Values that must not be repeated anywhere.
  final class Secrets {

    private final List<Map.Entry<String, String>> replacements;

    private Secrets(Set<String> values) {
      var list = new ArrayList<Map.Entry<String, String>>();
      for (String value : values) {
        String fingerprint = fingerprint(value);
        list.add(Map.entry(value, fingerprint));
        list.add(Map.entry(URLEncoder.encode(value, StandardCharsets.UTF_8), fingerprint));
        list.add(Map.entry(value.replace("/", "\\/"), fingerprint));
      }
      list.sort(Comparator.comparingInt(entry -> -entry.getKey().length()));
      replacements = List.copyOf(list);
    }

    /// The text with each secret of the request replaced by its fingerprint.
    String scrub(String text) {
      String clean = text;
      for (var each : replacements) {
        clean = clean.replace(each.getKey(), each.getValue());
      }
      return clean;
    }
  }

  /// A body as it may be stored: always JSON that PostgreSQL takes, at most some 8 KiB.
  String kept(@Nullable JsonNode body, Secrets secrets) {
    if (body == null) {
      return "null";
    }
    String text = json.writeValueAsString(keep("", body, secrets));
    if (text.length() <= LARGEST_BODY) {
      return text;
    }
    ObjectNode cut = json.createObjectNode();
    cut.put("truncated", true).put("characters", text.length());
    cut.put("begins", storable(text.substring(0, LARGEST_BODY)));
    return json.writeValueAsString(cut);
  }

  /// An answer that is not JSON, as it may be stored.
  String keptUnread(byte[] body, Secrets secrets) {
    String text = secrets.scrub(new String(body, StandardCharsets.UTF_8));
    ObjectNode node = json.createObjectNode();
    node.put("unreadable", true).put("bytes", body.length);
    node.put("begins", storable(text.substring(0, Math.min(BEGINNING, text.length()))));
    return json.writeValueAsString(node);
  }

  private JsonNode keep(String name, JsonNode node, Secrets secrets) {
    if (node.isObject()) {
      ObjectNode copy = json.createObjectNode();
      node.properties()
          .forEach(
              member ->
                  copy.set(
                      storable(secrets.scrub(shortened(member.getKey()))),
                      keep(member.getKey(), member.getValue(), secrets)));
      return copy;
    }
    if (node.isArray()) {
      ArrayNode copy = json.createArrayNode();
      node.forEach(element -> copy.add(keep(name, element, secrets)));
      return copy;
    }
    if (node.isNull()) {
      return node;
    }
    if (ADDRESSES.contains(name) && node.isString()) {
      return text(secrets.scrub(address(node.asString())));
    }
    if (!HARMLESS.contains(name)) {
      return text(fingerprint(node.asString()));
    }
    return node.isString() ? text(secrets.scrub(node.asString())) : node;
  }

  private JsonNode text(String text) {
    return json.getNodeFactory().stringNode(storable(text));
  }

  private static String shortened(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
  }

  private String address(String url) {
    try {
      URI uri = new URI(url);
      if (uri.getHost() == null) {
        return fingerprint(url);
      }
      String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
      String path = uri.getRawPath() == null ? "" : uri.getRawPath();
      String bare = uri.getScheme() + "://" + uri.getHost() + port + path;
      boolean more =
          uri.getRawQuery() != null || uri.getRawFragment() != null || uri.getRawUserInfo() != null;
      return more ? bare + "?" + fingerprint(url) : bare;
    } catch (java.net.URISyntaxException _) {
      return fingerprint(url);
    }
  }

  /// The text as PostgreSQL can hold it: neither NUL nor half a surrogate pair.
  static String storable(String text) {
    if (text.chars().noneMatch(c -> c == 0 || Character.isSurrogate((char) c))) {
      return text;
    }
    var clean = new StringBuilder(text.length());
    text.codePoints()
        .map(
            c ->
                c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                    ? 0xFFFD
                    : c)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }
}
