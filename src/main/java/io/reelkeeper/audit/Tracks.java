package io.reelkeeper.audit;

import io.reelkeeper.core.FileNames;
import io.reelkeeper.core.Mode;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The playlists that a task should have, and those that the bucket has of it.
///
/// One track is all of a mixed or web recording, or one user's audio or video. It has one part, and
/// one more for each time that Agora moved the recorder (`bak<n>_`). Of a part that Agora's backup
/// sent again (`_<tick>_<index>`) the larger playlist counts.
final class Tracks {

  /// @param track the playlist's key as it would be without any move
  /// @param move -1 for the first part, then n of `bak<n>_`
  record Part(String track, int move, String key, long size) {}

  private record Place(String track, int move) {}

  private static final Pattern MOVED = Pattern.compile("bak(\\d{1,4})_");

  private static final Pattern OF_USER =
      Pattern.compile("(.*__uid_e_(?:audio|video))_\\d{1,18}_\\d{1,9}(\\.m3u8)");

  private final String folders;
  private final String sid;
  private final @Nullable String spliced;
  private final Map<Place, Part> found = new LinkedHashMap<>();
  private final Set<Place> told = new LinkedHashSet<>();

  private Tracks(String folders, String sid, @Nullable String spliced) {
    this.folders = folders;
    this.sid = sid;
    this.spliced = spliced;
  }

  static Tracks of(Session session, Task task, Inventory inventory) {
    List<String> prefix = session.destination().prefix();
    String sid = Objects.requireNonNull(task.sid());
    var tracks =
        new Tracks(
            folders(prefix),
            sid,
            FileNames.playlist(session.mode(), prefix, sid, session.channel()));
    tracks.expect(session, task);
    tracks.find(session, inventory);
    return tracks;
  }

  static String folders(List<String> prefix) {
    return prefix.isEmpty() ? "" : String.join("/", prefix) + "/";
  }

  private void expect(Session session, Task task) {
    session.files().stream()
        .filter(file -> file.task() == task.number() && file.type().equals("m3u8"))
        .map(Session.RecordedFile::name)
        .map(this::place)
        .forEach(told::add);
  }

  /// Where a playlist belongs, whatever became of its name.
  private Place place(String key) {
    String name = key.substring(key.startsWith(folders) ? folders.length() : 0);
    int move = -1;
    Matcher moved = MOVED.matcher(name);
    if (moved.lookingAt() && name.startsWith(sid, moved.end())) {
      move = Integer.parseInt(moved.group(1));
      name = name.substring(moved.end());
    }
    String track = folders + name;
    if (spliced != null && FileNames.formOf(spliced, track).isPresent()) {
      return new Place(spliced, move);
    }
    Matcher ofUser = OF_USER.matcher(track);
    return new Place(ofUser.matches() ? ofUser.group(1) + ofUser.group(2) : track, move);
  }

  private void find(Session session, Inventory inventory) {
    Map<Place, TreeMap<Integer, Part>> copies = new LinkedHashMap<>();
    inventory
        .named()
        .forEach(
            (key, size) -> {
              if (FileNames.type(key).filter("m3u8"::equals).isPresent()) {
                Place place = place(key);
                int copy =
                    FileNames.formOf(place.track(), key).map(FileNames.Form::copy).orElse(-1);
                copies
                    .computeIfAbsent(place, _ -> new TreeMap<>())
                    .put(copy, new Part(place.track(), place.move(), key, size));
              }
            });
    Set<String> known = new TreeSet<>();
    told.forEach(place -> known.add(place.track()));
    if (spliced != null) {
      known.add(spliced);
    }
    boolean expectedOnes = copies.keySet().stream().anyMatch(it -> known.contains(it.track()));
    copies.forEach(
        (place, all) -> {
          // a name that nobody expected counts where there is no other: Agora may spell it its way
          if (known.contains(place.track()) || session.mode() == Mode.INDIVIDUAL || !expectedOnes) {
            found.put(place, largest(all));
          }
        });
  }

  /// The newest copy or the one that never was sent again, whichever is larger.
  private static Part largest(TreeMap<Integer, Part> copies) {
    Part first = copies.firstEntry().getValue();
    Part newest = copies.lastEntry().getValue();
    return newest.size() >= first.size() ? newest : first;
  }

  /// What the bucket has: track by track, each part in the order of time.
  List<Part> parts() {
    return found.values().stream()
        .sorted(Comparator.comparing(Part::track).thenComparingInt(Part::move))
        .toList();
  }

  /// What Agora named and the bucket lacks; the spliced name where there is nothing at all.
  List<String> missing() {
    var missing = new ArrayList<String>();
    for (Place place : told) {
      boolean otherwise = place.track().equals(spliced) && spelledOtherwise();
      if (!found.containsKey(place) && !otherwise) {
        missing.add(key(place));
      }
    }
    if (spliced != null && found.isEmpty() && missing.isEmpty()) {
      missing.add(spliced);
    }
    return missing;
  }

  private boolean spelledOtherwise() {
    return !found.isEmpty() && found.keySet().stream().noneMatch(it -> it.track().equals(spliced));
  }

  private String key(Place place) {
    String name = place.track().substring(folders.length());
    return folders + (place.move() < 0 ? "" : "bak" + place.move() + "_") + name;
  }

  /// Whether a part follows after this one.
  boolean isLast(Part part) {
    return found.keySet().stream()
        .noneMatch(it -> it.track().equals(part.track()) && it.move() > part.move());
  }
}
