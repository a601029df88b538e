package io.reelkeeper.audit;

import io.reelkeeper.session.History;
import io.reelkeeper.session.state.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What Agora told about the files of one task, in its answers and notices.
final class Told {

  /// Storage configuration wrong, upload failed, file processing error (reference §8.7).
  private static final Set<Integer> UPLOAD_ERRORS = Set.of(32, 47, 51);

  /// Module 2: upload time-out.
  private static final int UPLOAD_TIMEOUT = 50;

  /// A user's audio or video that came or went.
  private record StreamChange(long atMs, String stream, boolean received) {}

  private final Task task;
  private final Map<Integer, Integer> events = new TreeMap<>();
  private final List<String> errors = new ArrayList<>();
  private final List<StreamChange> streams = new ArrayList<>();
  private boolean media;
  private String uploading = "";
  private int progress = -1;
  private long firstSliceMs;
  private @Nullable Instant left;
  private @Nullable Instant stopAsked;

  private Told(Task task) {
    this.task = task;
  }

  /// Begins with nothing heard.
  static Told about(Task task) {
    return new Told(task);
  }

  void hear(History.Entry entry) {
    JsonNode detail = entry.detail();
    boolean ofTask = Objects.equals(entry.task(), task.number());
    switch (entry.signal()) {
      case "Noticed" -> {
        if (detail.path("sid").asString("").equals(task.sid())) {
          notice(detail.path("eventType").asInt(-1), detail);
        }
      }
      // status 5: the first slice is uploaded
      case "QueryAnswered" -> media |= ofTask && detail.path("status").asInt(0) == 5;
      case "StopAsked" -> stopAsked = stopAsked == null ? entry.at() : stopAsked;
      case "StopAnswered" -> {
        if (ofTask) {
          stopAnswer(detail);
        }
      }
      default -> {
        // tells nothing of files
      }
    }
  }

  /// A stop that names files, or says where they went, says that there are some.
  private void stopAnswer(JsonNode answer) {
    String said = answer.path("uploading").asString("");
    if (said.equals("uploaded") || said.equals("backuped")) {
      uploading = said;
    }
    media |= !answer.path("files").isEmpty() || said.equals("backuped");
  }

  private void notice(int type, JsonNode notice) {
    JsonNode what = notice.path("what");
    long at = notice.path("sendts").asLong(0);
    events.merge(type, 1, Integer::sum);
    switch (type) {
      case 1 -> error(what);
      case 4, 31, 32, 45 -> media = true;
      case 33 -> {
        progress = Math.max(progress, what.path("progress").asInt(0));
        media |= progress > 0;
      }
      case 42 -> {
        media = true;
        long start = what.path("startMs").asLong(0);
        firstSliceMs = firstSliceMs == 0 ? start : Math.min(firstSliceMs, start);
      }
      case 43, 44 -> stream(type, what);
      case 11, 41, 71 -> {
        media |= !what.path("files").isEmpty();
        if (at > 0 && (left == null || left.toEpochMilli() > at)) {
          left = Instant.ofEpochMilli(at);
        }
      }
      default -> {
        // counted
      }
    }
  }

  private void error(JsonNode what) {
    int module = what.path("module").asInt(-1);
    int code = what.path("code").asInt(-1);
    if ((module == 1 && UPLOAD_ERRORS.contains(code)) || (module == 2 && code == UPLOAD_TIMEOUT)) {
      errors.add(
          "error %d of module %d: %s".formatted(code, module, what.path("text").asString("")));
    }
  }

  private void stream(int type, JsonNode what) {
    streams.add(
        new StreamChange(
            what.path("atMs").asLong(0),
            type + " " + what.path("streamUid").asString(""),
            what.path("received").asBoolean(false)));
  }

  /// Event 31: all files are in the configured bucket.
  boolean uploaded() {
    return events.containsKey(31);
  }

  /// Event 32, or the same word in the answer to a stop: some are in Agora's backup.
  boolean backedUp() {
    return events.containsKey(32) || uploading.equals("backuped");
  }

  /// Whether anything at all says that media was recorded: what could not be uploaded was.
  boolean media() {
    return media || !errors.isEmpty();
  }

  List<String> errors() {
    return List.copyOf(errors);
  }

  /// When the recording should begin: when it was confirmed, or when the first stream came.
  Instant from() {
    Instant known = task.confirmedAt() == null ? task.startedAt() : task.confirmedAt();
    Instant confirmed = known == null ? task.intendedAt() : known;
    Instant first = Instant.ofEpochMilli(firstSliceMs);
    return first.isAfter(confirmed) ? first : confirmed;
  }

  /// When the recording should end: when the recorder left, at the latest when it was asked to.
  ///
  /// A recorder that was found to be gone is expected to have recorded until its last proof; one
  /// that left an empty channel, until it was empty.
  Instant to(Duration maxIdle) {
    Instant end = earlier(task.endedAt() == null ? from() : task.endedAt(), left);
    end = earlier(end, stopAsked);
    if ("not-found".equals(task.endReason())) {
      end = earlier(end, task.provenAt());
    }
    if ("idle".equals(task.endReason()) && streams.isEmpty()) {
      end = end.minus(maxIdle);
    }
    return end.isBefore(from()) ? from() : end;
  }

  private Instant earlier(Instant one, @Nullable Instant other) {
    return other != null && other.isBefore(one) && other.isAfter(from()) ? other : one;
  }

  /// The times within these in which Agora received no stream at all; nothing when it does not tell
  /// of streams.
  List<Coverage.Hole> silences(Instant from, Instant to) {
    var silences = new ArrayList<Coverage.Hole>();
    var received = new HashSet<String>();
    long since = streams.isEmpty() ? -1 : from.toEpochMilli();
    streams.sort(Comparator.comparingLong(StreamChange::atMs)); // they came in any order
    for (StreamChange change : streams) {
      if (change.received()) {
        received.add(change.stream());
      } else {
        received.remove(change.stream());
      }
      long at = Math.clamp(change.atMs(), from.toEpochMilli(), to.toEpochMilli());
      if (!received.isEmpty() && since >= 0) {
        silences.add(new Coverage.Hole(since, at));
        since = -1;
      } else if (received.isEmpty() && since < 0) {
        since = at;
      }
    }
    if (since >= 0) {
      silences.add(new Coverage.Hole(since, to.toEpochMilli()));
    }
    silences.removeIf(it -> it.toMs() <= it.fromMs());
    return silences;
  }

  /// In one line, for people.
  String inWords() {
    var words = new ArrayList<String>();
    Map<Integer, String> said = new HashMap<>();
    said.put(4, "4 (playlist uploaded)");
    said.put(30, "30 (uploader started)");
    said.put(31, "31 (all uploaded)");
    said.put(32, "32 (backed up)");
    said.put(45, "45 (screenshots)");
    said.put(71, "71 (web recorder stopped)");
    events.keySet().stream().filter(said::containsKey).map(said::get).forEach(words::add);
    if (!uploading.isEmpty()) {
      words.add("\"%s\" to the stop".formatted(uploading));
    }
    if (progress >= 0 && !uploaded() && !backedUp()) {
      words.add("33 (upload at %d %%)".formatted(progress / 100));
    }
    words.addAll(errors);
    if ("empty".equals(task.endReason())) {
      words.add("code 435 (nothing was recorded)");
    }
    return words.isEmpty() ? "nothing about files" : String.join(", ", words);
  }
}
