package io.reelkeeper.replay;

import java.time.Instant;
import java.util.List;

/// What became of one session under one policy.
///
/// @param causes why each task after the first was started
/// @param intents when each task was decided on, the first included
/// @param surplusSeconds for how long more than one recorder ran, each surplus one counted
/// @param detections seconds from each failure to the replacement's intent or the session's end;
///     `NEVER` when neither came while anything is known
/// @param status the session's, as the API says it
/// @param reason the session's slug, or empty
/// @param complete false when the simulation had to be cut off
record Outcome(
    List<String> causes,
    List<Instant> intents,
    long surplusSeconds,
    List<Long> detections,
    String status,
    String reason,
    boolean complete) {

  static final long NEVER = -1;

  /// One decimal is what a bill and a table can bear.
  double surplusMinutes() {
    return Math.round(surplusSeconds / 6.0) / 10.0;
  }

  String end() {
    return reason.isEmpty() ? status : status + " (" + reason + ")";
  }

  /// Whether an operator would see any difference.
  boolean differsFrom(Outcome other) {
    return !causes.equals(other.causes)
        || surplusMinutes() != other.surplusMinutes()
        || !detections.equals(other.detections)
        || !status.equals(other.status)
        || !reason.equals(other.reason)
        || complete != other.complete;
  }
}
