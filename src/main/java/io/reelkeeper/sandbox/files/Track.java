package io.reelkeeper.sandbox.files;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One playlist in the making: the whole channel in `mix` and `web`, one user's audio or video in
/// `individual`.
///
/// Its fields are what the state file keeps. Guarded by the lock of the sandbox.
public final class Track {

  /// One TS file of a playlist.
  ///
  /// @param resumed whether media was missing before it
  public record Slice(String name, long startMs, long durationMs, boolean resumed) {}

  private final String name;
  private final String uid;
  private final String type;
  private List<Slice> slices = new ArrayList<>();
  private @Nullable Instant openSince;
  private boolean announced;
  private boolean listed;

  /// @param name the playlist's file name without its ending, `bak<n>_` included
  /// @param uid the recorded user, `"0"` for all
  /// @param type `audio`, `video` or `audio_and_video`
  public Track(String name, String uid, String type) {
    this.name = name;
    this.uid = uid;
    this.type = type;
  }

  public String name() {
    return name;
  }

  public String uid() {
    return uid;
  }

  public String type() {
    return type;
  }

  public List<Slice> slices() {
    return List.copyOf(slices);
  }

  public String playlistName() {
    return name + ".m3u8";
  }

  public String mp4Name(int index) {
    return name + "_" + index + ".mp4";
  }

  public boolean flows() {
    return openSince != null;
  }

  /// Media flows from now on; the first slice of this stretch is announced once it is uploaded.
  public void open(Instant at) {
    if (openSince == null) {
      openSince = at;
      announced = false;
    }
  }

  /// What has not been cut is lost, as when a recording process dies.
  public void lose() {
    openSince = null;
  }

  /// Ends the current slice and begins the next; null if there was no media.
  public @Nullable Slice cut(Instant at, boolean close) {
    Instant since = openSince;
    openSince = close ? null : at;
    if (since == null || !since.isBefore(at)) {
      openSince = close ? null : since;
      return null;
    }
    var slice =
        new Slice(
            name + "_" + HlsFiles.utc(since) + ".ts",
            since.toEpochMilli(),
            Duration.between(since, at).toMillis(),
            !slices.isEmpty() && since.toEpochMilli() > endMs());
    slices.add(slice);
    return slice;
  }

  /// Whether this stretch of media still has to be announced (event 42); asking announces it.
  public boolean announceStretch() {
    boolean first = !announced && !slices.isEmpty();
    announced |= first;
    return first;
  }

  /// Whether the playlist still has to be announced (event 4); asking announces it.
  public boolean announcePlaylist() {
    boolean first = !listed && !slices.isEmpty();
    listed |= first;
    return first;
  }

  public boolean listed() {
    return listed;
  }

  public long startMs() {
    return slices.isEmpty() ? 0 : slices.getFirst().startMs();
  }

  /// Where the last stretch began, and where the one before it ended (the same without an earlier
  /// one).
  public long[] lastStretch() {
    for (int i = slices.size() - 1; i > 0; i--) {
      if (slices.get(i).resumed()) {
        Slice before = slices.get(i - 1);
        return new long[] {slices.get(i).startMs(), before.startMs() + before.durationMs()};
      }
    }
    return new long[] {startMs(), startMs()};
  }

  /// The playlist as it stands; with its end mark when nothing will follow.
  ///
  /// @param comma whether EXTINF lines end in a comma, which the provider leaves out unless asked
  public String playlist(boolean ended, boolean comma) {
    long longest = slices.stream().mapToLong(Slice::durationMs).max().orElse(0);
    var text = new StringBuilder();
    text.append("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-ALLOW-CACHE:YES\n");
    text.append("#EXT-X-TARGETDURATION:").append((longest + 999) / 1000).append('\n');
    for (int i = 0; i < slices.size(); i++) {
      Slice slice = slices.get(i);
      if (slice.resumed()) {
        text.append("#EXT-X-DISCONTINUITY\n");
      }
      if (i == 0 || slice.resumed()) {
        trackStart(text, slice);
      }
      text.append(String.format(Locale.ROOT, "#EXTINF:%.6f", slice.durationMs() / 1000.0));
      text.append(comma ? ",\n" : "\n").append(slice.name()).append('\n');
    }
    return ended ? text.append("#EXT-X-ENDLIST\n").toString() : text.toString();
  }

  private void trackStart(StringBuilder text, Slice slice) {
    for (String medium : List.of("AUDIO", "VIDEO")) {
      if (type.contains(medium.toLowerCase(Locale.ROOT))) {
        text.append("#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=").append(medium);
        text.append(",TIME=").append(slice.startMs()).append('\n');
      }
    }
  }

  private long endMs() {
    Slice last = slices.getLast();
    return last.startMs() + last.durationMs();
  }
}
