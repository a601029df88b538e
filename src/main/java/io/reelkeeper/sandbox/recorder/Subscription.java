package io.reelkeeper.sandbox.recorder;

import io.reelkeeper.sandbox.recorder.Channel.User;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Which media of which users a recorder takes in.
final class Subscription {

  static final int AUDIO = 1;
  static final int VIDEO = 2;

  private Subscription() {}

  /// The media of a user that are sent and wanted, as bits.
  ///
  /// @param config `recordingConfig`
  /// @param lists the white and black lists that count now
  static int media(User user, JsonNode config, JsonNode lists) {
    boolean live = config.path("channelType").asInt(0) == 1;
    if (live && !user.host()) {
      return 0;
    }
    int streams = config.path("streamTypes").asInt(2);
    boolean audio = user.audio() && streams != 1 && wanted("Audio", "Video", user.uid(), lists);
    boolean video = user.video() && streams != 0 && wanted("Video", "Audio", user.uid(), lists);
    return (audio ? AUDIO : 0) | (video ? VIDEO : 0);
  }

  /// A list for one medium alone means that the other is not subscribed at all.
  private static boolean wanted(String medium, String other, String uid, JsonNode lists) {
    JsonNode white = lists.path("subscribe" + medium + "Uids");
    if (white.isArray()) {
      return white.isEmpty() || names(white, uid);
    }
    for (String list : List.of("unsubscribe", "unSubscribe")) {
      JsonNode black = lists.path(list + medium + "Uids");
      if (black.isArray()) {
        return !names(black, uid);
      }
    }
    return Stream.of("subscribe", "unsubscribe", "unSubscribe")
        .noneMatch(list -> lists.has(list + other + "Uids"));
  }

  private static boolean names(JsonNode list, String uid) {
    return list.valueStream()
        .map(node -> node.asString(""))
        .anyMatch(name -> name.equals(uid) || name.equals("#allstream#"));
  }
}
