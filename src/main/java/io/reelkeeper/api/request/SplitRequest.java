package io.reelkeeper.api.request;

import io.reelkeeper.core.Mode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A valid request after defaults, in two parts: what may be stored and shown, and what is secret.
///
/// @param open members `recording`, `files`, `snapshots`, `web`, `page`, `uid`, `backupUid`, those
///     that apply
/// @param secrets JSON with `tokens` (by UID), `secret` and `salt`, those that were sent, or null
/// @param channelKey what the channel is decrypted with (`secret` and `salt`), or null
/// @param uids the recorder UIDs that the caller wishes: named, or having a token
record SplitRequest(
    ObjectNode open, @Nullable String secrets, @Nullable String channelKey, List<String> uids) {

  /// Agora's recommendation; its own default of 30 s ends a recording in every longer pause.
  private static final int MAX_IDLE_SECONDS = 300;

  /// A page that nobody stops is billed until this is over.
  private static final int MAX_PAGE_HOURS = 24;

  @Override
  public String toString() {
    return "SplitRequest" + open;
  }

  static SplitRequest of(ObjectNode sent, Mode mode) {
    ObjectNode open = JsonNodeFactory.instance.objectNode();
    ObjectNode secrets = JsonNodeFactory.instance.objectNode();
    if (mode == Mode.WEB) {
      open.set("web", web(sent));
    } else {
      open.set("recording", recording(sent, mode, secrets));
    }
    // snapshots without files is how Agora is asked for screenshots alone
    if (sent.hasNonNull("files") || !sent.hasNonNull("snapshots")) {
      ObjectNode files = copy(sent, "files");
      if (!files.has("avFileType")) {
        files.putArray("avFileType").add("hls");
      }
      open.set("files", files);
    }
    if (sent.hasNonNull("snapshots")) {
      ObjectNode snapshots = copy(sent, "snapshots");
      if (!snapshots.has("fileType")) {
        snapshots.putArray("fileType").add("jpg");
      }
      open.set("snapshots", snapshots);
    }
    for (String member : List.of("page", "uid", "backupUid")) {
      if (sent.hasNonNull(member)) {
        open.set(member, sent.get(member).deepCopy());
      }
    }
    String channelKey = secrets.isEmpty() ? null : secrets.toString();
    if (!sent.path("tokens").isEmpty()) {
      secrets.set("tokens", sent.get("tokens").deepCopy());
    }
    return new SplitRequest(
        open, secrets.isEmpty() ? null : secrets.toString(), channelKey, uids(sent));
  }

  private static ObjectNode recording(ObjectNode sent, Mode mode, ObjectNode secrets) {
    ObjectNode recording = copy(sent, "recording");
    for (String field : List.of("secret", "salt")) {
      JsonNode secret = recording.remove(field);
      if (secret != null) {
        secrets.set(field, secret);
      }
    }
    putIfAbsent(recording, "channelType", 0);
    putIfAbsent(recording, "maxIdleTime", MAX_IDLE_SECONDS);
    if (mode == Mode.INDIVIDUAL) {
      putIfAbsent(recording, "subscribeUidGroup", CrossRules.uidGroup(recording));
    }
    return recording;
  }

  private static ObjectNode web(ObjectNode sent) {
    ObjectNode web = copy(sent, "web");
    putIfAbsent(web, "audioProfile", 0);
    putIfAbsent(web, "videoWidth", 1280);
    putIfAbsent(web, "videoHeight", 720);
    putIfAbsent(web, "maxRecordingHour", MAX_PAGE_HOURS);
    return web;
  }

  /// The recorder UIDs that are wished, in the order of their use.
  static List<String> uids(JsonNode sent) {
    Set<String> uids = new LinkedHashSet<>();
    sent.path("uid").stringValueOpt().ifPresent(uids::add);
    sent.path("backupUid").stringValueOpt().ifPresent(uids::add);
    uids.addAll(sent.path("tokens").propertyNames());
    return List.copyOf(uids);
  }

  private static ObjectNode copy(ObjectNode sent, String member) {
    return sent.path(member) instanceof ObjectNode object
        ? object.deepCopy()
        : JsonNodeFactory.instance.objectNode();
  }

  private static void putIfAbsent(ObjectNode object, String field, int value) {
    if (!object.has(field)) {
      object.put(field, value);
    }
  }
}
