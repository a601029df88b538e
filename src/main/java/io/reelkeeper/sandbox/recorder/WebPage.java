package io.reelkeeper.sandbox.recorder;

import static io.reelkeeper.sandbox.recorder.Voice.details;

import io.reelkeeper.sandbox.recorder.Channel.Page;
import io.reelkeeper.sandbox.recorder.Timeline.What;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The web page recorder, and the push of its picture to a CDN.
final class WebPage {

  /// Ends the recording with event 71.
  interface End {
    void with(int code, String message, String text, Instant at);
  }

  private final Order order;
  private final State state;
  private final Media media;
  private final World world;
  private final Voice voice;
  private final End end;
  private final JsonNode param;

  WebPage(Order order, State state, Media media, World world, Voice voice, End end) {
    this.order = order;
    this.state = state;
    this.media = media;
    this.world = world;
    this.voice = voice;
    this.end = end;
    this.param = order.service("web_recorder_service");
  }

  void open(Instant at) {
    switch (page()) {
      case UNREACHABLE -> end.with(5, "access_url_failed", "access url failed", at);
      case START_FAILED -> end.with(3, "start_engine_failed", "start engine failed", at);
      case OPENS, NEVER_READY -> opened(at);
    }
  }

  private void opened(Instant at) {
    ObjectNode details = details("web_recorder_started");
    voice.say(70, 6, details.put("recorderStartTime", at.toEpochMilli()), at);
    int hours = param.path("maxRecordingHour").asInt();
    Instant longest = at.plus(Duration.ofHours(hours));
    world.timeline().add(longest, order.sid(), What.LONGEST, Integer.toString(hours));
    publish("connecting", at);
    if (page() == Page.NEVER_READY && readyTimeout() > 0) {
      world.timeline().add(at.plusSeconds(readyTimeout()), order.sid(), What.PAGE_LATE);
    } else {
      publish("publishing", at);
      state.onhold = param.path("onhold").asBoolean(false);
      media.flow(!state.onhold, at);
      world.timeline().add(at.plus(world.slice()), order.sid(), What.SLICE);
    }
  }

  /// It has not called `notifyReady()` in time: reloaded once, then given up.
  void late(Instant at) {
    if (state.reloaded) {
      end.with(4, "page_load_timeout", "page load timeout", at);
      return;
    }
    state.reloaded = true;
    voice.say(73, 6, details("web_recorder_reload").put("reason", "page_load_timeout"), at);
    world.timeline().add(at.plusSeconds(readyTimeout()), order.sid(), What.PAGE_LATE);
  }

  void close(int code, String message, String text, Instant at) {
    media.flow(false, at);
    publish("disconnected", at);
    ObjectNode details = details("web_recorder_stopped").put("code", code).put("message", message);
    details.put("details", text).set("fileList", media.webFileList());
    voice.say(71, 6, details, at);
  }

  void push(String url, Instant at) {
    publish("disconnected", at);
    state.pushedTo = url;
    publish("connecting", at);
    publish("publishing", at);
  }

  Duration mp4Length() {
    return Duration.ofMinutes(param.path("maxVideoDuration").asInt(120));
  }

  private void publish(String status, Instant at) {
    String url = state.pushedTo;
    if (url != null) {
      ObjectNode details = details("rtmp_publish_status").put("rtmpUrl", url);
      voice.say(100, 6, details.put("status", status), at);
    }
  }

  private Page page() {
    return world.channels().apply(order.cname()).page();
  }

  private int readyTimeout() {
    return param.path("readyTimeout").asInt(0);
  }
}
