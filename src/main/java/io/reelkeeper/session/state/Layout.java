package io.reelkeeper.session.state;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The layout of a composite recording: what Agora's updateLayout takes, and what lies among other
/// figures in the start's `transcodingConfig`.
public final class Layout {

  public static final List<String> MEMBERS =
      List.of(
          "mixedVideoLayout",
          "maxResolutionUid",
          "backgroundColor",
          "backgroundImage",
          "defaultUserBackgroundImage",
          "layoutConfig",
          "backgroundConfig");

  private static final int VERTICAL = 2;
  private static final int CUSTOM = 3;

  private Layout() {}

  /// The layout that Agora was told last; what is not in it has Agora's default.
  public static ObjectNode of(Session session) {
    ObjectNode layout = JsonNodeFactory.instance.objectNode();
    JsonNode told =
        session.changes().has("layout")
            ? session.changes().path("layout")
            : session.request().path("recording").path("transcodingConfig");
    for (String member : MEMBERS) {
      if (told.has(member)) {
        layout.set(member, told.get(member));
      }
    }
    return layout;
  }

  /// The whole layout after some of it changed; null brings back Agora's default. Members that
  /// belong to another kind of layout than the resulting one go, unless they were just given.
  public static ObjectNode changed(Session session, JsonNode by) {
    ObjectNode layout = of(session);
    by.forEachEntry(
        (member, value) -> {
          if (value.isNull()) {
            layout.remove(member);
          } else {
            layout.set(member, value);
          }
        });
    int kind = layout.path("mixedVideoLayout").asInt(0);
    if (kind != CUSTOM && !by.has("layoutConfig")) {
      layout.remove("layoutConfig");
    }
    if (kind != VERTICAL && !by.has("maxResolutionUid")) {
      layout.remove("maxResolutionUid");
    }
    return layout;
  }
}
