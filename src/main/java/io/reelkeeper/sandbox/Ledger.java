package io.reelkeeper.sandbox;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.reelkeeper.sandbox.files.Bucket;
import io.reelkeeper.sandbox.recorder.Order;
import io.reelkeeper.sandbox.recorder.Recorder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What really happened: which recorders ran, what was asked, what was told.
///
/// Requests and notices are kept up to a bound, recordings all.
public final class Ledger {

  private static final int MOST = 20_000;

  /// One recorder.
  ///
  /// @param app alias
  /// @param uid as in the start; `uids` also has those that failovers brought
  /// @param readyAt when it could record; null if it never could
  /// @param endReason `stop`, `idle`, `kicked`, `left`, `killed`, `failover-limit`, `token`,
  ///     `storage`, `page`, `max-recording-hour`; null while it runs
  /// @param billedSeconds ready until its end, or until now
  /// @param place where its files go: `<vendor>/<region>/<bucket>/<prefix>`
  public record Recording(
      String app,
      String appId,
      String mode,
      String cname,
      String uid,
      List<String> uids,
      String resourceId,
      String sid,
      Instant startedAt,
      @Nullable Instant readyAt,
      @Nullable Instant endedAt,
      @Nullable String endReason,
      long billedSeconds,
      String place,
      int filesUploaded) {

    public boolean runs() {
      return endedAt == null;
    }

    private Recording billedAt(Instant now) {
      Instant until = endedAt == null ? now : endedAt;
      long seconds =
          readyAt == null ? 0 : Math.max(0, Duration.between(readyAt, until).toSeconds());
      return new Recording(
          app,
          appId,
          mode,
          cname,
          uid,
          uids,
          resourceId,
          sid,
          startedAt,
          readyAt,
          endedAt,
          endReason,
          seconds,
          place,
          filesUploaded);
    }
  }

  /// One request as it was answered.
  ///
  /// @param app alias, empty if unknown
  /// @param status 0 if the connection was dropped
  /// @param code of the body, null without one
  /// @param carriedOut whether the operation was done, whatever was answered
  public record Request(
      Instant at,
      int domain,
      String app,
      String operation,
      String cname,
      String method,
      String path,
      int status,
      @Nullable Integer code,
      boolean carriedOut) {}

  /// One delivery of a notice.
  ///
  /// @param status what the receiver answered, 0 if nothing
  public record Notice(
      Instant at,
      String app,
      String sid,
      int eventType,
      String noticeId,
      int attempt,
      int status) {}

  private final InstantSource clock;
  private final Map<String, Recording> recordings = new LinkedHashMap<>();
  private final Deque<Request> requests = new ArrayDeque<>();
  private final Deque<Notice> notices = new ArrayDeque<>();
  private final Map<String, Arrivals> arrivals = new HashMap<>();

  Ledger(InstantSource clock) {
    this.clock = clock;
  }

  /// Every recorder that was ever started, in the order of their starts.
  public synchronized List<Recording> recordings() {
    Instant now = clock.instant();
    return recordings.values().stream().map(recording -> recording.billedAt(now)).toList();
  }

  public List<Recording> recordings(String cname) {
    return recordings().stream().filter(recording -> recording.cname().equals(cname)).toList();
  }

  public List<Recording> running() {
    return recordings().stream().filter(Recording::runs).toList();
  }

  public List<Recording> running(String cname) {
    return recordings(cname).stream().filter(Recording::runs).toList();
  }

  public synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  /// @param operation `acquire`, `start`, `query`, `update`, `updateLayout`, `stop`, `presence`
  public List<Request> requests(String operation) {
    return requests().stream().filter(request -> request.operation().equals(operation)).toList();
  }

  public synchronized List<Notice> notices() {
    return List.copyOf(notices);
  }

  /// The most requests that arrived within any one second, refused ones included.
  public synchronized int mostRequestsInASecond(String app) {
    return mostRequestsInASecond().getOrDefault(app, 0);
  }

  synchronized Map<String, Integer> mostRequestsInASecond() {
    return arrivals.entrySet().stream()
        .collect(toUnmodifiableMap(Map.Entry::getKey, app -> app.getValue().mostInASecond()));
  }

  void keep(Recorder recorder) {
    Order order = recorder.order();
    JsonNode storage = recorder.state().storage();
    String place =
        storage.path("vendor").asInt()
            + "/"
            + storage.path("region").asInt()
            + "/"
            + storage.path("bucket").asString("")
            + "/"
            + Bucket.prefix(storage);
    keep(
        new Recording(
            order.app(),
            order.appId(),
            order.mode(),
            order.cname(),
            order.uid(),
            recorder.state().uids(),
            order.resourceId(),
            order.sid(),
            order.startedAt(),
            recorder.state().readyAt(),
            recorder.state().endedAt(),
            recorder.ended() ? recorder.state().endReason() : null,
            0,
            place,
            recorder.media().uploaded()));
  }

  synchronized void keep(Recording recording) {
    recordings.put(recording.sid(), recording);
  }

  synchronized void keep(Request request) {
    bounded(requests, request);
  }

  synchronized void keep(Notice notice) {
    bounded(notices, notice);
  }

  /// @param nanos when the request arrived, on the clock of the traffic
  synchronized void arrived(String app, long nanos) {
    arrivals.computeIfAbsent(app, _ -> new Arrivals()).add(nanos);
  }

  synchronized List<Recording> kept() {
    return new ArrayList<>(recordings.values());
  }

  private static <T> void bounded(Deque<T> kept, T another) {
    kept.addLast(another);
    if (kept.size() > MOST) {
      kept.removeFirst();
    }
  }
}
