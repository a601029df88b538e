package io.reelkeeper.control;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How Agora's black lists are spelled: its own texts and libraries do not agree (reference §3.2).
///
/// @param blackLists `unsubscribe` for `unsubscribeAudioUids`, `un-subscribe` for
///     `unSubscribeAudioUids`; callers may write either
@Validated
@ConfigurationProperties("reelkeeper.provider")
record Spelling(@DefaultValue("unsubscribe") BlackLists blackLists) {

  enum BlackLists {
    UNSUBSCRIBE("unsubscribe"),
    UN_SUBSCRIBE("unSubscribe");

    private final String word;

    BlackLists(String word) {
      this.word = word;
    }
  }

  /// Takes every subscription list from one object to another, spelled as Agora wants it.
  void move(JsonNode from, ObjectNode to) {
    for (String medium : MEDIA) {
      copy(from, "subscribe" + medium, to, "subscribe" + medium);
      for (BlackLists spelling : BlackLists.values()) {
        copy(from, spelling.word + medium, to, blackLists.word + medium);
      }
    }
  }

  /// Takes every subscription list away.
  static void remove(ObjectNode config) {
    for (String medium : MEDIA) {
      config.remove("subscribe" + medium);
      for (BlackLists spelling : BlackLists.values()) {
        config.remove(spelling.word + medium);
      }
    }
  }

  private static final String[] MEDIA = {"AudioUids", "VideoUids"};

  private static void copy(JsonNode from, String member, ObjectNode to, String as) {
    if (from.has(member)) {
      to.set(as, from.get(member));
    }
  }
}
