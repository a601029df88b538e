package io.reelkeeper.sandbox.recorder;

import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Puts what one recorder has to tell into the documented words.
final class Voice {

  private final Order order;
  private final State state;
  private final World world;

  Voice(Order order, State state, World world) {
    this.order = order;
    this.state = state;
    this.world = world;
  }

  static ObjectNode details(String name) {
    return JsonNodeFactory.instance.objectNode().put("msgName", name);
  }

  void say(int eventType, int serviceType, ObjectNode details, Instant at) {
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    payload.put("cname", order.cname()).put("uid", state.uid).put("sid", order.sid());
    payload.put("sequence", state.sequence++).put("sendts", at.toEpochMilli());
    payload.put("serviceType", serviceType).put("serviceScene", scene());
    payload.set("details", details);
    world.teller().tell(order.app(), eventType, payload, at);
  }

  void error(int module, int code, String message, Instant at) {
    ObjectNode details = details("cloud_recording_error");
    details.put("module", module).put("errorLevel", 4).put("errorCode", code);
    say(1, 0, details.put("stat", 1).put("errorMsg", message), at);
  }

  /// Tells that the recorder left and nothing is received any more.
  ///
  /// @param early whether the leave comes first, as was seen in practice
  void leave(int leaveCode, List<Media.Change> changes, boolean early, Instant at) {
    ObjectNode details = details("recorder_leave").put("leaveCode", leaveCode);
    if (early) {
      say(41, 1, details, at);
    }
    changes.forEach(change -> streamChanged(change, at));
    if (!early) {
      say(41, 1, details, at);
    }
  }

  void exit(int exitStatus, Instant at) {
    say(11, 0, details("session_exit").put("exitStatus", exitStatus), at);
  }

  void streamChanged(Media.Change change, Instant at) {
    String medium = change.video() ? "video" : "audio";
    ObjectNode details = details("recorder_" + medium + "_stream_state_changed");
    details.put("streamUid", change.uid()).put("state", change.receiving() ? 0 : 1);
    say(change.video() ? 44 : 43, 1, details.put("UtcMs", at.toEpochMilli()), at);
  }

  private String scene() {
    if (order.web()) {
      return "web_record";
    }
    return order.snapshots() ? "rtc_snapshot" : "rtc_record";
  }
}
