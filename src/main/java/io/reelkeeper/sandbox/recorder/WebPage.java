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
  private final Probe probe;

  WebPage(Order order, State state, Media media, World world, Voice voice, End end) {
    this.order = order;
    this.state = state;
    this.media = media;
    this.world = world;
    this.voice = voice;
    this.end = end;
    this.param = order.service("web_recorder_service");
    this.probe = new Probe(order, state, world);
  }

  void open(Instant at) {
    switch (page()) {
      case UNREACHABLE -> end.with(5, "access_url_failed", "access url failed", at);
      case START_FAILED -> end.with(3, "start_engine_failed", "start engine failed", at);
      case OPENS, NEVER_READY, NOT_READY, SILENT -> opened(at);
      case TOO_DEMANDING -> {
        opened(at);
        limit(at);
      }
    }
  }

  /// Somebody changed how the page behaves.
  void changed(Instant at) {
    if (state.pageOpen && page() == Page.TOO_DEMANDING) {
      limit(at);
    }
  }

  private void limit(Instant at) {
    voice.say(72, 6, details("web_recorder_capability_limit").put("limitType", "WebGL"), at);
    end.with(2, "capability_limit", "capability limit", at);
  }

  /// Loads the page anew, as the recorder does when something about it seems wrong.
  void reload(String reason, Instant at) {
    if (state.pageOpen) {
      voice.say(73, 6, details("web_recorder_reload").put("reason", reason), at);
      probe.loaded(at);
    }
  }

  /// Lets the page report itself.
  ///
  /// @param load which load of the page the step belongs to
  void report(What what, String load, Instant at) {
    if (!probe.isCurrent(load)) {
      return;
    }
    if (what == What.PROBE_READY) {
      probe.ready(at);
    } else {
      probe.alive(at);
    }
  }

  private void opened(Instant at) {
    state.pageOpen = true;
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
    probe.loaded(at);
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
