package io.reelkeeper.sandbox;

import io.reelkeeper.sandbox.recorder.Channel;
import io.reelkeeper.sandbox.recorder.Channel.User;
import io.reelkeeper.sandbox.recorder.Order;
import io.reelkeeper.sandbox.recorder.Recorder;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the service answers, in its documented shapes.
record Answer(int status, JsonNode body) {

  static Answer error(int status, int code, String reason) {
    return new Answer(status, object().put("code", code).put("reason", reason));
  }

  static ObjectNode echo(Order order) {
    ObjectNode echo = object().put("cname", order.cname()).put("uid", order.uid());
    return echo.put("resourceId", order.resourceId()).put("sid", order.sid());
  }

  /// What a stop answers: at once when it does not wait, else when the recorder is gone.
  static Answer stopped(Recorder recorder) {
    ObjectNode answer = echo(recorder.order());
    if (recorder.ended() && !recorder.media().hasFiles()) {
      return new Answer(206, answer.put("code", 435).put("reason", "no recorded data"));
    }
    String uploading =
        !recorder.ended() ? "unknown" : recorder.state().backedUp() ? "backuped" : "uploaded";
    ObjectNode server = object();
    if (recorder.order().web()) {
      ArrayNode services = server.putArray("extensionServiceState");
      services
          .addObject()
          .put("serviceName", "upload_service")
          .putObject("payload")
          .put("uploadingStatus", uploading);
      services.add(webState(recorder, "exit"));
    } else {
      if (!recorder.order().snapshots()) {
        fileList(recorder, server);
      }
      server.put("uploadingStatus", uploading);
    }
    return new Answer(200, answer.set("serverResponse", server));
  }

  /// `serverResponse` of a query.
  static ObjectNode status(Recorder recorder) {
    ObjectNode server = object().put("status", recorder.state().status());
    Order order = recorder.order();
    if (order.web()) {
      ArrayNode services = server.putArray("extensionServiceState");
      boolean started = recorder.state().readyAt() != null;
      services.add(webState(recorder, started ? "inProgress" : "init"));
      String url = recorder.state().pushedTo();
      if (url != null) {
        ObjectNode push = services.addObject().put("serviceName", "rtmp_publish_service");
        ObjectNode payload =
            push.putObject("payload").put("state", started ? "inProgress" : "init");
        String status =
            !started ? "connecting" : recorder.state().onhold() ? "onhold" : "publishing";
        payload.putArray("outputs").addObject().put("rtmpUrl", url).put("status", status);
      }
      return server;
    }
    if (!order.snapshots()) {
      fileList(recorder, server);
    }
    long start = recorder.media().startMs();
    return start == 0 ? server : server.put("sliceStartTime", start);
  }

  private static ObjectNode webState(Recorder recorder, String state) {
    ObjectNode service = object().put("serviceName", "web_recorder_service");
    ObjectNode payload = service.putObject("payload");
    payload.put("state", state).put("onhold", recorder.state().onhold());
    payload.set("fileList", recorder.media().webFileList());
    return service;
  }

  private static void fileList(Recorder recorder, ObjectNode server) {
    boolean plain = recorder.order().mode().equals("mix") && !recorder.media().hasMp4();
    server.put("fileListMode", plain ? "string" : "json");
    if (plain) {
      server.put("fileList", recorder.media().playlistName());
    } else {
      server.set("fileList", recorder.media().fileList(true));
    }
  }

  /// The answer of the channel API.
  static Answer presence(Channel channel, boolean hostsOnly) {
    ObjectNode answer = object().put("success", true);
    ObjectNode data = answer.putObject("data").put("channel_exist", !channel.users().isEmpty());
    if (channel.users().isEmpty()) {
      return new Answer(200, answer);
    }
    data.put("mode", channel.live() ? 2 : 1);
    if (channel.live()) {
      put(data.putArray("broadcasters"), channel, User::host);
      if (!hostsOnly) {
        put(data.putArray("audience"), channel, user -> !user.host());
        data.put("audience_total", channel.users().stream().filter(u -> !u.host()).count());
      }
    } else {
      data.put("total", channel.users().size());
      put(data.putArray("users"), channel, user -> true);
    }
    return new Answer(200, answer);
  }

  private static void put(ArrayNode uids, Channel channel, Predicate<User> who) {
    channel.users().stream().filter(who).forEach(user -> uids.add(Long.parseLong(user.uid())));
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
