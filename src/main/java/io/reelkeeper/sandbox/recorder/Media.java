package io.reelkeeper.sandbox.recorder;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reelkeeper.sandbox.files.HlsFiles;
import io.reelkeeper.sandbox.files.Track;
import io.reelkeeper.sandbox.files.Track.Slice;
import io.reelkeeper.sandbox.recorder.Channel.User;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What one recorder has heard, seen and cut into files; guarded by the lock of the sandbox.
public final class Media {

  /// A file that is still to be uploaded.
  ///
  /// @param text the content of a playlist, empty for other files
  record Put(String name, int size, String text) {

    byte[] content() {
      return switch (name.substring(name.lastIndexOf('.') + 1)) {
        case "ts" -> HlsFiles.ts(size);
        case "mp4" -> HlsFiles.mp4(size);
        case "jpg" -> HlsFiles.jpg();
        default -> text.getBytes(UTF_8);
      };
    }
  }

  /// A user's medium that came or went: events 43 and 44.
  record Change(String uid, boolean video, boolean receiving) {}

  /// What outlives the process.
  static final class State {
    private final String mode;
    private final String stem;
    private final JsonNode recording;
    private final boolean hls;
    private final boolean mp4;
    private String prefix = "";
    private JsonNode subscription;
    private List<Track> tracks = new ArrayList<>();
    private Map<String, Integer> heard = new LinkedHashMap<>();
    private List<Put> backlog = new ArrayList<>();
    private int recorded;
    private int uploaded;
    private int mp4Index;
    private long mp4Ms;

    State(String mode, String stem, JsonNode recording, boolean hls, boolean mp4) {
      this.mode = mode;
      this.stem = stem;
      this.recording = recording;
      this.hls = hls;
      this.mp4 = mp4;
      this.subscription = recording;
    }

    static State of(Order order) {
      JsonNode request = order.request();
      JsonNode types = request.path("recordingFileConfig").path("avFileType");
      boolean picturesOnly = order.snapshots() && !request.has("recordingFileConfig");
      boolean mp4 = types.valueStream().anyMatch(type -> type.asString("").equals("mp4"));
      String stem = HlsFiles.stem(order.sid(), order.cname(), order.web());
      JsonNode recording = JsonNodeFactory.instance.objectNode();
      return new State(
          order.mode(),
          stem,
          order.recording().isObject() ? order.recording() : recording,
          !picturesOnly,
          mp4);
    }
  }

  private final State state;
  private final long sliceLimit;

  Media(State state, long sliceLimit) {
    this.state = state;
    this.sliceLimit = sliceLimit;
  }

  State state() {
    return state;
  }

  /// Replaces the subscription wholly, as each `streamSubscribe` does.
  void subscribe(JsonNode streamSubscribe) {
    ObjectNode lists = JsonNodeFactory.instance.objectNode();
    for (String list : List.of("audioUidList", "videoUidList")) {
      streamSubscribe.path(list).propertyStream().forEach(e -> lists.set(e.getKey(), e.getValue()));
    }
    state.subscription = lists;
  }

  /// Opens and closes tracks as the users send; returns what changed for each user.
  List<Change> hear(List<User> users, Instant at) {
    Map<String, Integer> sending = new LinkedHashMap<>();
    for (User user : users) {
      int media = Subscription.media(user, state.recording, state.subscription);
      if (media != 0) {
        sending.put(user.uid(), media);
      }
    }
    List<Change> changes = new ArrayList<>();
    Set<String> all = new LinkedHashSet<>(sending.keySet());
    all.addAll(state.heard.keySet());
    for (String uid : all) {
      int before = state.heard.getOrDefault(uid, 0);
      int now = sending.getOrDefault(uid, 0);
      change(changes, uid, before, now, Subscription.VIDEO);
      change(changes, uid, before, now, Subscription.AUDIO);
    }
    state.heard = sending;
    Map<String, Track> wanted = new LinkedHashMap<>();
    sending.forEach((uid, media) -> tracks(uid, media).forEach(t -> wanted.put(t.name(), t)));
    flow(wanted, at);
    return changes;
  }

  /// Opens or closes the one track of a web page.
  void flow(boolean on, Instant at) {
    flow(on ? Map.of(stem(), new Track(stem(), "0", "audio_and_video")) : Map.of(), at);
  }

  private void flow(Map<String, Track> wanted, Instant at) {
    for (Track track : state.tracks) {
      if (track.flows() && !wanted.containsKey(track.name())) {
        keep(track.cut(at, true));
      }
    }
    if (state.hls) {
      wanted.values().forEach(track -> known(track).open(at));
    }
  }

  /// Cuts a slice of every open track.
  void cut(Instant at, boolean close) {
    for (Track track : state.tracks) {
      keep(track.cut(at, close));
    }
  }

  /// Names a screenshot of every user who sends video.
  List<String> snapshots(Instant at) {
    List<String> names = new ArrayList<>();
    state.heard.forEach(
        (uid, media) -> {
          if ((media & Subscription.VIDEO) != 0) {
            String name =
                state.prefix
                    + HlsFiles.ofUser(state.stem, uid, "video")
                    + "_"
                    + HlsFiles.utc(at)
                    + ".jpg";
            add(new Put(name, HlsFiles.jpg().length, ""));
            names.add(name);
          }
        });
    return names;
  }

  /// Ends the current MP4 file once it is so long.
  void endMp4After(Duration longest) {
    if (state.mp4Ms >= longest.toMillis()) {
      endMp4();
    }
  }

  /// Ends the current MP4 file.
  void endMp4() {
    if (state.mp4 && state.mp4Ms > 0) {
      String name = state.tracks.getLast().mp4Name(state.mp4Index++);
      add(new Put(name, HlsFiles.size(state.mp4Ms, 500, sliceLimit), ""));
      state.mp4Ms = 0;
    }
  }

  /// Files begin anew under another prefix.
  void takeOver(int failover) {
    state.heard = new LinkedHashMap<>();
    state.prefix = "bak" + failover + "_";
    state.mp4Index = 0;
    state.mp4Ms = 0;
  }

  /// What was not cut is lost.
  void loseOpen() {
    state.tracks.forEach(Track::lose);
  }

  /// All that waits for upload, with the playlists as they stand; it waits until it is [#stored].
  List<Put> batch(boolean ended) {
    List<Put> batch = new ArrayList<>(state.backlog);
    boolean comma =
        state.recording.path("privateParams").asString("").contains("\"correctEXTINF\":true");
    for (Track track : state.tracks) {
      boolean ofBatch = track.slices().stream().anyMatch(s -> named(batch, s.name()));
      if (ofBatch || (ended && !track.slices().isEmpty())) {
        String text = track.playlist(ended || !isCurrent(track), comma);
        batch.add(new Put(track.playlistName(), text.length(), text));
      }
    }
    return batch;
  }

  private static boolean named(List<Put> batch, String name) {
    return batch.stream().anyMatch(put -> put.name().equals(name));
  }

  void stored(List<Put> batch) {
    int waited = state.backlog.size();
    state.backlog.removeAll(batch);
    state.uploaded += waited - state.backlog.size();
  }

  boolean waits() {
    return !state.backlog.isEmpty();
  }

  public boolean hasMp4() {
    return state.mp4;
  }

  public boolean hasFiles() {
    return state.recorded > 0;
  }

  public int uploaded() {
    return state.uploaded;
  }

  int progress() {
    return state.recorded == 0 ? 0 : (int) (10_000L * state.uploaded / state.recorded);
  }

  /// The tracks since the last failover.
  Stream<Track> current() {
    return state.tracks.stream().filter(this::isCurrent);
  }

  private boolean isCurrent(Track track) {
    return track.name().startsWith(stem());
  }

  public long startMs() {
    return current().mapToLong(Track::startMs).filter(ms -> ms > 0).min().orElse(0);
  }

  /// The name of the playlist, for the variant with a plain string.
  public String playlistName() {
    return current().filter(Track::listed).map(Track::playlistName).findFirst().orElse("");
  }

  /// `fileList` as an array of objects.
  ///
  /// @param everything also the files of former failovers
  public ArrayNode fileList(boolean everything) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Track track : everything ? state.tracks : current().toList()) {
      if (!track.listed()) {
        continue;
      }
      for (int i = 0; state.mp4 && i < state.mp4Index; i++) {
        list.add(entry(track, track.mp4Name(i)));
      }
      list.add(entry(track, track.playlistName()));
    }
    return list;
  }

  /// `fileList` as web page recording writes it.
  public ArrayNode webFileList() {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (JsonNode entry : fileList(true)) {
      list.addObject()
          .put("filename", entry.path("fileName").asString())
          .put("sliceStartTime", entry.path("sliceStartTime").asLong());
    }
    return list;
  }

  private static ObjectNode entry(Track track, String name) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("fileName", name)
        .put("trackType", track.type())
        .put("uid", track.uid())
        .put("mixedAllUser", track.uid().equals("0"))
        .put("isPlayable", true)
        .put("sliceStartTime", track.startMs());
  }

  private void keep(@Nullable Slice slice) {
    if (slice != null) {
      add(new Put(slice.name(), HlsFiles.size(slice.durationMs(), 500, sliceLimit), ""));
      state.mp4Ms += slice.durationMs();
    }
  }

  private void add(Put put) {
    state.backlog.add(put);
    state.recorded++;
  }

  private Track known(Track wanted) {
    for (Track track : state.tracks) {
      if (track.name().equals(wanted.name())) {
        return track;
      }
    }
    state.tracks.add(wanted);
    return wanted;
  }

  private List<Track> tracks(String uid, int media) {
    if (!state.mode.equals("individual")) {
      return List.of(new Track(stem(), "0", streamType()));
    }
    List<Track> tracks = new ArrayList<>();
    if ((media & Subscription.AUDIO) != 0) {
      tracks.add(new Track(HlsFiles.ofUser(stem(), uid, "audio"), uid, "audio"));
    }
    if ((media & Subscription.VIDEO) != 0) {
      tracks.add(new Track(HlsFiles.ofUser(stem(), uid, "video"), uid, "video"));
    }
    return tracks;
  }

  private String stem() {
    return state.prefix + state.stem;
  }

  private String streamType() {
    return switch (state.recording.path("streamTypes").asInt(2)) {
      case 0 -> "audio";
      case 1 -> "video";
      default -> "audio_and_video";
    };
  }

  private static void change(List<Change> changes, String uid, int before, int now, int medium) {
    if ((before & medium) != (now & medium)) {
      changes.add(new Change(uid, medium == Subscription.VIDEO, (now & medium) != 0));
    }
  }
}
