package io.reelkeeper.audit;

import io.reelkeeper.core.FileNames;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.storage.Bucket;
import io.reelkeeper.storage.Buckets;
import io.reelkeeper.storage.Playlist;
import io.reelkeeper.storage.Seen;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.springframework.stereotype.Component;

/// One playlist over all parts of all tasks of a session, with links that anybody may follow for a
/// quarter of an hour.
@Component
public class MergedPlaylist {

  /// Eight days of slices. A link takes half a kilobyte, and is good for a quarter of an hour, in
  /// which no player gets as far.
  private static final int MOST_SLICES = 50_000;

  private final Buckets buckets;
  private final Audits audits;

  MergedPlaylist(Buckets buckets, Audits audits) {
    this.buckets = buckets;
    this.audits = audits;
  }

  /// The text of the playlist; absent when nothing plays yet.
  ///
  /// @param track part of the names of the playlists to merge, where users were recorded apart;
  ///     empty for all
  public Seen<String> of(Session session, String track) {
    Seen<Bucket> reached = buckets.of(session.destination());
    if (!(reached instanceof Seen.Readable<Bucket>(Bucket bucket))) {
      return reached.failure();
    }
    List<AuditedFile> audited = audits.of(session).files();
    Set<String> gone = new HashSet<>();
    audited.stream()
        .filter(file -> !file.present() || Objects.requireNonNullElse(file.size(), 0L) == 0)
        .forEach(file -> gone.add(file.name()));
    var text = new Text();
    for (Task task : session.tasks()) {
      for (String key : playlists(session, task, audited)) {
        if (key.contains(track) && !gone.contains(key)) {
          Seen<List<Playlist.Slice>> part =
              slices(bucket, key, Objects.requireNonNull(task.sid()), MOST_SLICES - text.slices);
          if (part instanceof Seen.Readable<List<Playlist.Slice>>(List<Playlist.Slice> slices)) {
            text.part(bucket, key.substring(0, key.lastIndexOf('/') + 1), slices, gone);
          } else if (!(part instanceof Seen.Absent<List<Playlist.Slice>>)) {
            return part.failure();
          }
        }
      }
    }
    return text.slices == 0
        ? new Seen.Absent<>()
        : new Seen.Readable<>(text.whole(session.status().isFinal()));
  }

  /// The tracks to choose from: what of the names of playlists differs between them.
  public List<String> tracks(Session session) {
    Set<String> tracks = new LinkedHashSet<>();
    for (Session.RecordedFile file : session.files()) {
      int user = file.name().indexOf("__uid_s_");
      if (user >= 0 && file.type().equals("m3u8")) {
        tracks.add(
            file.name()
                .substring(user + 2, file.name().length() - ".m3u8".length())
                .replaceAll("_\\d+_\\d+$", ""));
      }
    }
    return List.copyOf(tracks);
  }

  /// As the last audit found them; before any, those that Agora named, or the one that it will.
  private static List<String> playlists(Session session, Task task, List<AuditedFile> audited) {
    String sid = task.sid();
    if (sid == null) {
      return List.of();
    }
    List<String> parts =
        audited.stream()
            .filter(file -> file.task() == task.number() && file.part() != null)
            .map(AuditedFile::name)
            .toList();
    if (!parts.isEmpty()) {
      return parts;
    }
    List<String> named =
        session.files().stream()
            .filter(file -> file.task() == task.number() && file.type().equals("m3u8"))
            .map(Session.RecordedFile::name)
            .sorted(java.util.Comparator.comparing(MergedPlaylist::isMoved))
            .toList();
    String spliced =
        FileNames.playlist(session.mode(), session.destination().prefix(), sid, session.channel());
    return named.isEmpty() && spliced != null ? List.of(spliced) : named;
  }

  private static boolean isMoved(String key) {
    return key.startsWith("bak", key.lastIndexOf('/') + 1);
  }

  /// Only slices of this recording: the bucket may hold those of others, and whoever may write a
  /// playlist may not choose what is linked to.
  private static Seen<List<Playlist.Slice>> slices(
      Bucket bucket, String key, String sid, int most) {
    Seen<List<Playlist.Slice>> read =
        bucket.read(
            key,
            Playlist.LONGEST,
            content -> {
              List<Playlist.Slice> slices = new ArrayList<>();
              Playlist.read(
                  content,
                  slice -> {
                    if (slices.size() <= most && FileNames.isOf(sid, slice.name())) {
                      slices.add(slice);
                    }
                  });
              return slices;
            });
    return read instanceof Seen.Readable<List<Playlist.Slice>>(List<Playlist.Slice> found)
            && found.size() > most
        ? new Seen.Unreachable<>("more than " + MOST_SLICES + " slices in one playlist")
        : read;
  }

  private static final class Text {
    private final StringBuilder lines = new StringBuilder();
    private double longest;
    private int slices;

    private void part(Bucket bucket, String folder, List<Playlist.Slice> part, Set<String> gone) {
      boolean cut = slices > 0;
      for (Playlist.Slice slice : part) {
        String key = folder + slice.name();
        String link = gone.contains(key) ? "" : bucket.link(key).map(Object::toString).orElse("");
        cut |= slice.resumed() && slices > 0;
        if (link.isEmpty()) {
          cut = slices > 0;
          continue;
        }
        if (cut) {
          lines.append("#EXT-X-DISCONTINUITY\n");
        }
        lines.append(String.format(Locale.ROOT, "#EXTINF:%.6f,\n", slice.seconds()));
        lines.append(link).append('\n');
        longest = Math.max(longest, slice.seconds());
        cut = false;
        slices++;
      }
    }

    private String whole(boolean ended) {
      return "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:"
          + (long) Math.ceil(longest)
          + "\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:"
          + (ended ? "VOD\n" : "EVENT\n")
          + lines
          + (ended ? "#EXT-X-ENDLIST\n" : "");
    }
  }
}
