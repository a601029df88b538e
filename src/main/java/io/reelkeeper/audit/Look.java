package io.reelkeeper.audit;

import io.reelkeeper.core.FileNames;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.storage.Bucket;
import io.reelkeeper.storage.Playlist;
import io.reelkeeper.storage.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What one look into the session's own bucket found of a task.
final class Look {

  /// Lines that a person reads; the rest is a number.
  private static final int MOST_FINDINGS = 20;

  /// Rows of files that are kept of a task: those with a problem first, then what plays, then
  /// slices, which are told by their playlist, too.
  private static final int MOST_FILES = 500;

  private static final Pattern MP4 = Pattern.compile("(.*_)(\\d{1,6})\\.mp4");

  private final Session session;
  private final Task task;
  private final Inventory inventory;
  private final List<AuditedFile> lacking = new ArrayList<>();
  private final List<AuditedFile> playing = new ArrayList<>();
  private final List<AuditedFile> slices = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private final Coverage coverage = new Coverage();
  private int expected;
  private int there;
  private int told;
  private boolean damaged;
  private boolean ended = true;

  private Look(Session session, Task task, Inventory inventory) {
    this.session = session;
    this.task = task;
    this.inventory = inventory;
  }

  static Seen<Look> into(Bucket bucket, Session session, Task task) {
    String folders = Tracks.folders(session.destination().prefix());
    Seen<Inventory> listed = Inventory.of(bucket, folders, Objects.requireNonNull(task.sid()));
    if (!(listed instanceof Seen.Readable<Inventory>(Inventory inventory))) {
      return listed.failure();
    }
    var look = new Look(session, task, inventory);
    Tracks tracks = Tracks.of(session, task, inventory);
    tracks.missing().forEach(key -> look.lacks(key, "m3u8", "the playlist is not in the bucket"));
    int number = 0;
    for (Tracks.Part part : tracks.parts()) {
      Seen<Boolean> read = look.read(bucket, part, tracks.isLast(part), number++);
      if (!(read instanceof Seen.Readable<Boolean>)) {
        return read.failure();
      }
    }
    look.others();
    look.doubts(number);
    look.sum();
    return new Seen.Readable<>(look);
  }

  /// One playlist and every slice that it names.
  private Seen<Boolean> read(Bucket bucket, Tracks.Part part, boolean last, int number) {
    if (part.size() == 0) {
      lacks(part.key(), "m3u8", "the playlist is in the bucket and empty");
      return new Seen.Readable<>(false);
    }
    String folder = part.key().substring(0, part.key().lastIndexOf('/') + 1);
    Seen<Slices> read =
        bucket.read(
            part.key(),
            Playlist.LONGEST,
            content -> {
              var all = new Slices(folder, part.key());
              all.summary = Playlist.read(content, all);
              return all;
            });
    if (read instanceof Seen.Absent<Slices>) {
      lacks(part.key(), "m3u8", "the playlist was listed and is gone");
      return new Seen.Readable<>(false);
    }
    if (!(read instanceof Seen.Readable<Slices>(Slices all))) {
      return read.failure();
    }
    expected += 1 + all.summary.slices();
    there += 1 + all.there;
    coverage.addAll(all.coverage);
    all.lacking.forEach(it -> keep(it, lacking));
    told += all.lacked;
    all.findings.forEach(it -> keep(it, findings));
    all.shown.forEach(it -> keep(it, slices));
    playing.add(
        new AuditedFile(
            task.number(), part.key(), "m3u8", part.size(), all.coverage.seconds(), true, number));
    if (!all.summary.header() || all.summary.strange() > 0) {
      damaged |= !all.summary.header() || all.summary.foreign() > 0;
      findings.add(
          Finding.about(
              part.key(),
              "odd-playlist",
              "%d lines make no sense%s"
                  .formatted(
                      all.summary.strange(),
                      all.summary.header() ? "" : ", and it does not begin as a playlist")));
    }
    if (last && !all.summary.ended()) {
      ended = false;
      findings.add(
          Finding.about(part.key(), "no-end-mark", "the playlist does not say that it has ended"));
    }
    return new Seen.Readable<>(true);
  }

  /// A list keeps its first elements only.
  private static void keep(AuditedFile file, List<AuditedFile> files) {
    if (files.size() < MOST_FILES) {
      files.add(file);
    }
  }

  private static void keep(Finding finding, List<Finding> findings) {
    if (findings.size() < MOST_FINDINGS) {
      findings.add(finding);
    }
  }

  private void lacks(String key, String type, String why) {
    OptionalLong size = inventory.size(key);
    expected++;
    told++;
    boolean present = size.isPresent();
    keep(
        new AuditedFile(
            task.number(), key, type, present ? size.getAsLong() : null, null, present, null),
        lacking);
    keep(Finding.about(key, present ? "empty-file" : "missing-file", why), findings);
  }

  /// MP4 files and pictures: those that Agora named, those between them, and whether there is any.
  private void others() {
    var wanted = new TreeSet<String>();
    session.files().stream()
        .filter(file -> file.task() == task.number() && !file.type().equals("m3u8"))
        .forEach(file -> wanted.add(file.name()));
    inventory.named().keySet().stream().filter(key -> key.endsWith(".mp4")).forEach(wanted::add);
    for (String last : List.copyOf(wanted)) {
      Matcher numbered = MP4.matcher(last);
      if (numbered.matches()) {
        int most = Math.min(Integer.parseInt(numbered.group(2)), MOST_FILES);
        for (int i = 0; i < most; i++) {
          wanted.add(numbered.group(1) + i + ".mp4");
        }
      }
    }
    for (String key : wanted) {
      String type = FileNames.type(key).orElse("mp4");
      OptionalLong size = inventory.size(key);
      if (size.orElse(0) > 0) {
        expected++;
        there++;
        keep(
            new AuditedFile(task.number(), key, type, size.getAsLong(), null, true, null), playing);
      } else {
        lacks(
            key,
            type,
            size.isPresent() ? "it is in the bucket and empty" : "it is not in the bucket");
      }
    }
    boolean mp4Asked =
        session
            .request()
            .path("files")
            .path("avFileType")
            .valueStream()
            .anyMatch(type -> type.asString("").equals("mp4"));
    if (mp4Asked && there > 0 && wanted.stream().noneMatch(key -> key.endsWith(".mp4"))) {
      told++;
      expected++;
      findings.add(Finding.of("missing-file", "MP4 was asked for and there is none"));
    }
  }

  /// What lacks nothing because nothing was asked of it proves nothing.
  ///
  /// @param playlists how many were read
  private void doubts(int playlists) {
    boolean onlyPictures =
        session.request().hasNonNull("snapshots") && !session.request().hasNonNull("files");
    if (expected == 0 && onlyPictures && !inventory.isEmpty()) {
      // nobody named them; Agora says that all are uploaded, and there are some
      expected = inventory.count();
      there = inventory.count();
    } else if (expected == 0) {
      expected++;
      told++;
      findings.add(Finding.of("missing-file", "no playlist of this recording is in the bucket"));
    } else if (playlists > 0 && coverage.isEmpty() && told == 0) {
      damaged = true;
      findings.add(Finding.of("nothing-plays", "no playlist of this recording names any slice"));
    }
  }

  private void sum() {
    int unnamed = told - (int) findings.stream().filter(Look::isOfFile).count();
    if (unnamed > 0) {
      findings.add(
          Finding.of(
              "missing-file",
              "%d more of %d expected files are not there or empty".formatted(unnamed, expected)));
    }
  }

  private static boolean isOfFile(Finding finding) {
    return finding.kind().equals("missing-file") || finding.kind().equals("empty-file");
  }

  /// The slices of one playlist; a reading that broke begins with new ones.
  private final class Slices implements Consumer<Playlist.Slice> {
    private final String folder;
    private final String playlist;
    private final Coverage coverage = new Coverage();
    private final List<AuditedFile> lacking = new ArrayList<>();
    private final List<AuditedFile> shown = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private Playlist.Summary summary = new Playlist.Summary(false, false, 0, 0, 0, 0);
    private int there;
    private int lacked;

    private Slices(String folder, String playlist) {
      this.folder = folder;
      this.playlist = playlist;
    }

    @Override
    public void accept(Playlist.Slice slice) {
      String key = folder + slice.name();
      OptionalLong size = inventory.size(key);
      boolean present = size.isPresent();
      var file =
          new AuditedFile(
              task.number(),
              key,
              FileNames.type(key).orElse("ts"),
              present ? size.getAsLong() : null,
              slice.seconds(),
              present,
              null);
      if (size.orElse(0) > 0) {
        there++;
        coverage.add(slice.startMs(), slice.seconds());
        keep(file, shown);
        return;
      }
      lacked++;
      keep(file, lacking);
      String name = playlist.substring(playlist.lastIndexOf('/') + 1);
      keep(
          present
              ? Finding.about(key, "empty-file", "named by " + name + ", in the bucket and empty")
              : Finding.about(key, "missing-file", "named by " + name + ", not in the bucket"),
          findings);
    }
  }

  boolean isEmpty() {
    return inventory.isEmpty();
  }

  /// Whether all expected files are there; says nothing of the time that they cover.
  boolean isWhole() {
    return told == 0 && !damaged;
  }

  /// Whether every playlist says that nothing will follow.
  boolean isEnded() {
    return ended;
  }

  int expected() {
    return expected;
  }

  int there() {
    return there;
  }

  /// Objects under this sid, expected or not.
  int objects() {
    return inventory.count();
  }

  Coverage coverage() {
    return coverage;
  }

  List<Finding> findings() {
    return List.copyOf(findings);
  }

  /// Keys that are not there, as far as they are kept.
  List<String> missing() {
    return lacking.stream().filter(it -> !it.present()).map(AuditedFile::name).toList();
  }

  List<AuditedFile> files() {
    var files = new ArrayList<>(lacking);
    files.addAll(playing);
    files.addAll(slices);
    return List.copyOf(files.subList(0, Math.min(files.size(), MOST_FILES)));
  }
}
