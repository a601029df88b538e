package io.reelkeeper.sandbox.rules;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Refusals of acquire, update, updateLayout and stop; each answers the reason, or null if all is
/// well.
public final class Rules {

  /// The 89 characters of a channel name.
  private static final Pattern CNAME =
      Pattern.compile("[a-zA-Z0-9 !#$%&()+\\-:;<=.>?@\\[\\]^_{}|~,]+");

  private static final int LONGEST_CNAME = 63;
  private static final int LONGEST_WEB_CNAME = 1024;
  private static final int LONGEST_LIST = 32;
  private static final Set<String> REGIONS = Set.of("CN", "AP", "EU", "NA");

  private Rules() {}

  /// Checks `cname`, `uid` and the presence of `clientRequest`, which every body has.
  public static @Nullable String identity(String operation, JsonNode body) {
    var check = new Checker(operation);
    if (!body.isObject()) {
      check.because("invalid body!");
      return check.refusal();
    }
    check.text(body, "cname", true);
    check.uid(body, "uid", true);
    check.object(body, "clientRequest", true);
    return check.refusal();
  }

  /// Whether a channel name has only allowed characters and its length fits the scene.
  public static boolean isChannelName(String cname, boolean web) {
    int bytes = cname.getBytes(UTF_8).length;
    return CNAME.matcher(cname).matches() && bytes <= (web ? LONGEST_WEB_CNAME : LONGEST_CNAME);
  }

  public static @Nullable String acquire(JsonNode request) {
    var check = new Checker("Acquire");
    check.integer(request, "scene", 0, 2, false);
    check.integer(request, "resourceExpiredHour", 1, 720, false);
    check.integer(request, "regionAffinity", 0, 4, false);
    check.oneOf(request, "region", REGIONS);
    JsonNode others = check.array(request, "excludeResourceIds", Integer.MAX_VALUE, false);
    if (others != null) {
      others.forEach(id -> check.refuseIf(!id.isString(), "excludeResourceIds"));
    }
    check.object(request, "startParameter", false);
    return check.refusal();
  }

  public static @Nullable String update(String mode, JsonNode request, boolean pushes) {
    var check = new Checker("Update");
    boolean web = mode.equals("web");
    JsonNode subscribe = check.object(request, "streamSubscribe", false);
    JsonNode recording = check.object(request, "webRecordingConfig", false);
    JsonNode publish = check.object(request, "rtmpPublishConfig", false);
    JsonNode storage = check.object(request, "storageConfig", false);
    check.refuseIf(web && subscribe != null, "streamSubscribe");
    check.refuseIf(!web && recording != null, "webRecordingConfig");
    check.refuseIf((!web || !pushes) && publish != null, "rtmpPublishConfig");
    if (subscribe == null && recording == null && publish == null && storage == null) {
      check.refuse("clientRequest");
    }
    if (subscribe != null) {
      subscription(check, subscribe, "audioUidList", "Audio");
      subscription(check, subscribe, "videoUidList", "Video");
    }
    if (recording != null) {
      check.bool(recording, "onhold");
    }
    if (publish != null) {
      outputs(check, publish);
    }
    if (storage != null) {
      StartRules.storage(check, storage);
    }
    return check.refusal();
  }

  public static @Nullable String updateLayout(JsonNode request) {
    var check = new Checker("UpdateLayout");
    layout(check, request);
    return check.refusal();
  }

  public static @Nullable String stop(JsonNode request) {
    var check = new Checker("Stop");
    check.bool(request, "async_stop");
    return check.refusal();
  }

  private static void subscription(Checker check, JsonNode parent, String list, String medium) {
    JsonNode lists = check.object(parent, list, false);
    if (lists == null) {
      return;
    }
    boolean white = uids(check, lists, "subscribe" + medium + "Uids", false);
    boolean black = blackList(check, lists, medium, false);
    check.refuseIf(white && black, list);
  }

  /// The black lists go by two spellings in the provider's own texts; both are taken.
  static boolean blackList(Checker check, JsonNode parent, String medium, boolean emptyAllowed) {
    boolean small = uids(check, parent, "unsubscribe" + medium + "Uids", emptyAllowed);
    boolean capital = uids(check, parent, "unSubscribe" + medium + "Uids", emptyAllowed);
    return small || capital;
  }

  /// Returns whether the list is given.
  static boolean uids(Checker check, JsonNode parent, String name, boolean emptyAllowed) {
    JsonNode list = check.array(parent, name, LONGEST_LIST, false);
    if (list == null) {
      return false;
    }
    check.refuseIf(list.isEmpty() && !emptyAllowed, name);
    for (JsonNode uid : list) {
      boolean all = uid.isString() && uid.stringValue().equals("#allstream#");
      check.refuseIf(!all && !(uid.isString() && Checker.isUid(uid.stringValue())), name);
    }
    return true;
  }

  static void outputs(Checker check, JsonNode parent) {
    JsonNode outputs = check.array(parent, "outputs", 1, true);
    if (outputs == null) {
      return;
    }
    for (JsonNode output : outputs) {
      String url = output.isObject() ? check.text(output, "rtmpUrl", true) : null;
      check.refuseIf(
          url == null || !(url.startsWith("rtmp://") || url.startsWith("rtmps://")), "rtmpUrl");
    }
  }

  /// The fields that `transcodingConfig` of start and the flat body of updateLayout share.
  static void layout(Checker check, JsonNode config) {
    check.integer(config, "mixedVideoLayout", 0, 3, false);
    check.uid(config, "maxResolutionUid", false);
    check.matches(config, "backgroundColor", Pattern.compile("#[0-9a-fA-F]{6}"), false);
    check.text(config, "backgroundImage", false);
    check.text(config, "defaultUserBackgroundImage", false);
    JsonNode places = check.array(config, "layoutConfig", 17, false);
    if (places != null) {
      check.refuseIf(config.path("mixedVideoLayout").asInt(0) != 3, "layoutConfig");
      places.forEach(place -> place(check, place));
    }
    JsonNode backgrounds = check.array(config, "backgroundConfig", Integer.MAX_VALUE, false);
    if (backgrounds != null) {
      backgrounds.forEach(background -> background(check, background));
    }
  }

  private static void place(Checker check, JsonNode place) {
    if (!place.isObject()) {
      check.refuse("layoutConfig");
      return;
    }
    check.uid(place, "uid", false);
    check.decimal(place, "x_axis", 0, 1, true);
    check.decimal(place, "y_axis", 0, 1, true);
    check.decimal(place, "width", 0, 1, true);
    check.decimal(place, "height", 0, 1, true);
    check.decimal(place, "alpha", 0, 1, false);
    check.integer(place, "render_mode", 0, 1, false);
  }

  private static void background(Checker check, JsonNode background) {
    if (!background.isObject()) {
      check.refuse("backgroundConfig");
      return;
    }
    check.uid(background, "uid", true);
    String url = check.text(background, "image_url", true);
    check.refuseIf(url != null && !url.startsWith("https://"), "image_url");
    check.integer(background, "render_mode", 0, 1, false);
  }
}
