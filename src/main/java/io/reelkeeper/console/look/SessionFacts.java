package io.reelkeeper.console.look;

import io.reelkeeper.session.SessionView;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One session in words.
///
/// @param replaceable whether a recorder works that another could take over from
public record SessionFacts(
    SessionView view,
    String at,
    String headline,
    String level,
    String created,
    String stopped,
    String place,
    String labels,
    boolean over,
    boolean replaceable,
    boolean auditable,
    List<Recorder> recorders,
    List<File> files,
    int moreFiles) {

  public record Recorder(
      int number,
      String uid,
      String sid,
      String status,
      String cause,
      String started,
      String proven,
      String end) {}

  public record File(String name, String type, String size, String present, @Nullable String url) {}

  /// A recording of hours has thousands of slices; what matters stands in front.
  private static final int MOST_FILES = 100;

  public static SessionFacts of(Session session, SessionView view, Instant now) {
    boolean over = session.status().isFinal();
    List<File> files =
        view.files().stream()
            .sorted(Comparator.comparingInt(it -> it.type().equals("ts") ? 1 : 0))
            .map(SessionFacts::file)
            .toList();
    return new SessionFacts(
        view,
        Ages.time(now),
        headline(session),
        level(session, view),
        Ages.full(view.createdAt()),
        Ages.full(view.stoppedAt()),
        place(view.storage()),
        view.labels().entrySet().stream()
            .map(it -> it.getKey() + ": " + it.getValue())
            .collect(Collectors.joining(", ")),
        over,
        session.tasks().stream()
            .anyMatch(
                it ->
                    it.wanted()
                        && (it.status() == Task.Status.LIVE
                            || it.status() == Task.Status.DOUBTFUL)),
        session.tasks().stream().anyMatch(it -> it.ended() && it.sid() != null),
        session.tasks().stream().map(it -> recorder(it, now)).toList(),
        files.subList(0, Math.min(MOST_FILES, files.size())),
        Math.max(0, files.size() - MOST_FILES));
  }

  private static String headline(Session session) {
    String because = Reasons.because(session.reason());
    return switch (session.status()) {
      case STARTING -> "Starting" + because;
      case RECORDING -> "Recording" + because;
      case RECOVERING ->
          "idle".equals(session.reason())
              ? "Waiting until somebody is in the channel"
              : "Nothing records now; a replacement is on its way" + because;
      case STOPPING -> "Stopping until the end is proven" + because;
      case STOPPED -> "Stopped" + because;
      case FAILED -> "Failed" + because;
    };
  }

  private static String level(Session session, SessionView view) {
    boolean filesLack =
        List.of("missing", "misplaced", "incomplete").contains(view.audit().status());
    return switch (session.status()) {
      case FAILED -> "alarm";
      case RECOVERING -> "idle".equals(session.reason()) ? "well" : "alarm";
      case RECORDING -> session.reason() == null ? "well" : "alarm";
      case STARTING, STOPPING -> "warning";
      case STOPPED -> filesLack ? "alarm" : "well";
    };
  }

  private static String place(SessionView.Storage storage) {
    return "%s: %s, %s, bucket %s%s"
        .formatted(
            storage.profile(),
            storage.vendor(),
            storage.region(),
            storage.bucket(),
            storage.prefix().isEmpty() ? "" : ", folder " + String.join("/", storage.prefix()));
  }

  private static Recorder recorder(Task task, Instant now) {
    boolean runs = task.status() == Task.Status.LIVE || task.status() == Task.Status.DOUBTFUL;
    String end =
        task.endedAt() == null
            ? task.wanted() ? "" : "being stopped"
            : Ages.full(task.endedAt()) + Reasons.because(task.endReason());
    return new Recorder(
        task.number(),
        task.uid(),
        task.sid() == null ? "–" : task.sid(),
        task.status().word(),
        Reasons.inWords(task.cause().word()),
        Ages.full(task.startedAt()),
        runs ? Ages.since(task.provenAt(), now) + " ago" : "–",
        end);
  }

  private static File file(SessionView.FileView file) {
    String present =
        file.present() == null ? "not looked for yet" : file.present() ? "there" : "missing";
    return new File(
        file.name(),
        file.type(),
        file.size() == null ? "–" : size(file.size()),
        present,
        file.url());
  }

  private static String size(long bytes) {
    return bytes < 1_000_000
        ? bytes / 1000 + " kB"
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
