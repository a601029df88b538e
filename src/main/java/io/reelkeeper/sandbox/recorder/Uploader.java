package io.reelkeeper.sandbox.recorder;

import static io.reelkeeper.sandbox.recorder.Voice.details;

import io.reelkeeper.sandbox.files.Bucket;
import io.reelkeeper.sandbox.files.Bucket.Outcome;
import io.reelkeeper.sandbox.files.Track;
import io.reelkeeper.sandbox.recorder.Media.Put;
import io.reelkeeper.sandbox.recorder.Timeline.What;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Brings one recorder's files to the bucket and tells of them; guarded by the lock of the sandbox.
///
/// What the bucket does not take is tried again with the next slice; what it has not taken at the
/// end stays in the backup cloud, which tries each minute.
final class Uploader {

  private static final Duration FORWARD = Duration.ofMinutes(1);

  /// In individual mode the first files come about a minute after the start: after so many slices.
  private static final int FIRST_INDIVIDUAL = 4;

  private final Order order;
  private final State state;
  private final Media media;
  private final World world;
  private final Voice voice;
  private final Runnable stored;
  private final BiConsumer<Outcome, Instant> finished;
  private boolean busy;

  /// @param stored called when more files are in the bucket
  /// @param finished called once after [#finish]: the last files are stored, or given up
  Uploader(
      Order order,
      State state,
      Media media,
      World world,
      Voice voice,
      Runnable stored,
      BiConsumer<Outcome, Instant> finished) {
    this.order = order;
    this.state = state;
    this.media = media;
    this.world = world;
    this.voice = voice;
    this.stored = stored;
    this.finished = finished;
  }

  /// Uploads what waits, unless an upload is already on its way.
  void upload(Instant at) {
    if (!busy && media.waits() && !tooEarly(at)) {
      send(at);
    }
  }

  /// Uploads the last files, with the end marks of the playlists.
  void finish(Instant at) {
    if (busy) {
      return; // the answer to that upload comes back here
    }
    if (media.hasFiles()) {
      send(at);
    } else {
      finished.accept(Outcome.STORED, at);
    }
  }

  private boolean tooEarly(Instant at) {
    return order.mode().equals("individual")
        && state.readyAt != null
        && !order.snapshots()
        && at.isBefore(state.readyAt.plus(world.slice().multipliedBy(FIRST_INDIVIDUAL)));
  }

  private void send(Instant at) {
    busy = true;
    boolean last = state.status >= 7;
    List<Put> batch = media.batch(last);
    JsonNode storage = state.storage;
    world
        .outside()
        .run(() -> put(storage, batch), (outcome, when) -> put(batch, last, outcome, when), at);
  }

  private Outcome put(JsonNode storage, List<Put> batch) {
    for (Put put : batch) {
      Outcome outcome = world.bucket().put(storage, put.name(), put.content());
      if (outcome != Outcome.STORED) {
        return outcome;
      }
    }
    return Outcome.STORED;
  }

  private void put(List<Put> batch, boolean last, Outcome outcome, Instant at) {
    busy = false;
    if (outcome == Outcome.STORED) {
      media.stored(batch);
      stored.run();
    }
    if (state.endedAt != null) {
      return;
    }
    if (outcome == Outcome.STORED && !state.migrating) {
      announce(batch, at);
    }
    if (last) {
      finished.accept(outcome, at);
    } else if (state.status >= 7) {
      send(at);
    } else if (outcome != Outcome.STORED) {
      warn(31, at);
    } else {
      upload(at);
    }
  }

  private void announce(List<Put> batch, Instant at) {
    for (Put put : batch) {
      if (put.name().endsWith(".jpg")) {
        String key = Bucket.prefix(state.storage) + put.name();
        voice.say(45, 1, details("recorder_snapshot_file").put("fileName", key), at);
      }
    }
    for (Track track : media.current().toList()) {
      if (track.slices().isEmpty()) {
        continue;
      }
      state.status = Math.max(state.status, 5);
      boolean early = world.random().nextBoolean();
      if (early) {
        announcePlaylist(track, at);
      }
      if (track.announceStretch() && !order.web()) {
        announceStretch(track, at);
      }
      announcePlaylist(track, at);
    }
  }

  private void announcePlaylist(Track track, Instant at) {
    if (track.announcePlaylist()) {
      ObjectNode details = details("cloud_recording_file_infos");
      voice.say(4, 0, details.put("fileList", track.playlistName()), at);
    }
  }

  private void announceStretch(Track track, Instant at) {
    long[] span = track.lastStretch();
    ObjectNode details = details("recorder_slice_start");
    details.put("startUtcMs", span[0]).put("discontinueUtcMs", span[1]);
    details.put("mixedAllUser", track.uid().equals("0"));
    details.put("streamUid", track.uid()).put("trackType", track.type());
    voice.say(42, 1, details, at);
  }

  void sayProgress(Instant at) {
    if (!state.migrating) {
      voice.say(33, 2, details("uploading_progress").put("progress", media.progress()), at);
    }
  }

  /// Tells where the files are: 31, or 32 for the backup cloud; nothing when there are none.
  void sayUploaded(Outcome outcome, Instant at) {
    if (!media.hasFiles()) {
      return;
    }
    boolean stored = outcome == Outcome.STORED;
    if (!stored) {
      state.backup = true;
      warn(32, at);
    }
    ObjectNode details = details(stored ? "uploaded" : "backuped").put("status", 0);
    if (!order.web()) {
      details.set("fileList", media.fileList(true));
    }
    voice.say(stored ? 31 : 32, 2, details, at);
  }

  void forwardLater(Instant at) {
    if (state.backup) {
      world.timeline().add(at.plus(FORWARD), order.sid(), What.FORWARD);
    }
  }

  /// The backup cloud brings what is left to the bucket.
  void forward(Instant at) {
    List<Put> batch = media.batch(true);
    JsonNode storage = state.storage;
    world
        .outside()
        .run(
            () -> put(storage, batch),
            (outcome, when) -> {
              if (outcome == Outcome.STORED) {
                media.stored(batch);
                state.backup = false;
                stored.run();
              } else {
                forwardLater(when);
              }
            },
            at);
  }

  private void warn(int code, Instant at) {
    ObjectNode details = details("cloud_recording_warning").put("module", 1);
    voice.say(2, 0, details.put("warnCode", code), at);
  }
}
