package io.reelkeeper.proof.check;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// All that is known after a trial, from four independent witnesses: Agora's ledger, our tables,
/// the inbox, and what callers were answered.
///
/// @param at when Agora was asked; what we know is as new or newer
/// @param mostInASecond by Agora's count, with the limit that holds
/// @param inbox by notice id: its state
/// @param texts logs and dumps by their names
/// @param secrets what must be in none of them
public record Evidence(
    Instant at,
    Limits limits,
    int mostInASecond,
    List<Recorder> recorders,
    List<Delivery> deliveries,
    List<SessionRow> sessions,
    List<TaskRow> tasks,
    Map<String, String> inbox,
    List<Step> history,
    List<Timer> timers,
    List<Event> events,
    List<Exchange> exchanges,
    List<Outage> outages,
    Map<String, String> texts,
    List<String> secrets) {

  /// What the service was configured to keep to.
  public record Limits(
      int requestsPerSecond,
      java.time.Duration watchdog,
      java.time.Duration takeover,
      java.time.Duration doubt) {}

  /// A recorder that really ran, from Agora's ledger.
  public record Recorder(
      String channel,
      String uid,
      String resourceId,
      String sid,
      Instant startedAt,
      @Nullable Instant readyAt,
      @Nullable Instant endedAt) {

    boolean runsAt(Instant time) {
      return !startedAt.isAfter(time) && (endedAt == null || endedAt.isAfter(time));
    }
  }

  /// One delivery of a notice, as Agora saw it.
  ///
  /// @param status what we answered, 0 if nothing
  public record Delivery(Instant at, String noticeId, String sid, int eventType, int status) {}

  public record SessionRow(UUID id, String channel, String status, @Nullable Instant stoppedAt) {
    boolean isFinal() {
      return status.equals("stopped") || status.equals("failed");
    }
  }

  public record TaskRow(
      UUID session,
      int number,
      String channel,
      String uid,
      String status,
      String cause,
      boolean wanted,
      boolean sentUnheard,
      @Nullable String resourceId,
      @Nullable String sid,
      @Nullable Instant startedAt,
      @Nullable Instant confirmedAt) {}

  /// One row of the history of signals.
  public record Step(
      UUID session,
      @Nullable Integer task,
      Instant at,
      String signal,
      String rule,
      String before,
      String after) {}

  public record Timer(String kind, String instance, Instant due, boolean picked) {}

  public record Event(UUID session, String type, Instant at) {}

  /// One request of a caller.
  ///
  /// @param what `start`, `stop` or `get`
  /// @param key its idempotency key, or empty
  /// @param status 0 when no answer came
  /// @param session that the answer told, if it did
  /// @param said the session's status as answered, or empty
  public record Exchange(
      Instant asked,
      Instant answered,
      String what,
      String channel,
      String key,
      int status,
      @Nullable UUID session,
      String said,
      String body) {}

  /// A time in which no replica, or not the database, was there.
  public record Outage(Instant from, Instant until) {}

  Optional<TaskRow> taskOf(Recorder recorder) {
    return tasks.stream().filter(task -> recorder.sid().equals(task.sid())).findFirst();
  }

  Optional<SessionRow> session(UUID id) {
    return sessions.stream().filter(session -> session.id().equals(id)).findFirst();
  }

  List<TaskRow> tasksOf(UUID session) {
    return tasks.stream().filter(task -> task.session().equals(session)).toList();
  }

  List<Recorder> recordersIn(String channel) {
    return recorders.stream().filter(recorder -> recorder.channel().equals(channel)).toList();
  }
}
