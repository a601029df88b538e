package io.reelkeeper.session;

import io.reelkeeper.core.Destination;
import io.reelkeeper.core.FileNames;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A session as the API shows it: every member is always there, and none is a secret.
///
/// @param reason why the status is what it is, a slug, or null
public record SessionView(
    UUID id,
    String app,
    String channel,
    String mode,
    String slot,
    String assurance,
    String status,
    @Nullable String reason,
    Storage storage,
    List<TaskView> tasks,
    List<FileView> files,
    AuditView audit,
    Map<String, String> labels,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Instant stoppedAt) {

  public record Storage(
      String profile,
      String vendor,
      String region,
      String bucket,
      List<String> prefix,
      String fingerprint) {

    static Storage of(Destination place) {
      return new Storage(
          place.profile(),
          place.vendor(),
          place.region(),
          place.bucket(),
          place.prefix(),
          place.fingerprint());
    }
  }

  public record TaskView(
      int number,
      @Nullable String sid,
      @Nullable String resourceId,
      String uid,
      String status,
      String cause,
      @Nullable Instant startedAt,
      @Nullable Instant confirmedAt,
      @Nullable Instant endedAt,
      @Nullable String endReason,
      @Nullable String m3u8,
      boolean haRegistered) {

    static TaskView of(Task task, Session session) {
      return new TaskView(
          task.number(),
          task.sid(),
          task.resourceId(),
          task.uid(),
          task.status().word(),
          task.cause().word(),
          task.startedAt(),
          task.confirmedAt(),
          task.endedAt(),
          task.endReason(),
          playlist(task.sid(), session),
          task.haRegistered());
    }
  }

  /// The key in the bucket, spliced as Agora names it; null where one task makes many (individual).
  private static @Nullable String playlist(@Nullable String sid, Session session) {
    return sid == null
        ? null
        : FileNames.playlist(
            session.mode(), session.destination().prefix(), sid, session.channel());
  }

  /// What only the bucket itself can tell stays null until somebody has looked.
  public record FileView(
      String name,
      String type,
      @Nullable Long size,
      @Nullable Double seconds,
      @Nullable Boolean present,
      @Nullable String url) {

    public static FileView of(Session.RecordedFile file) {
      return new FileView(file.name(), file.type(), null, null, null, null);
    }
  }

  public record AuditView(String status, List<Finding> findings) {

    /// Nobody has looked into the bucket yet.
    public static final AuditView PENDING = new AuditView("pending", List.of());
  }

  public record Finding(
      String kind, String detail, @Nullable String file, @Nullable String profile) {}

  /// A session whose bucket nobody has looked into.
  public static SessionView of(Session session) {
    return of(session, session.files().stream().map(FileView::of).toList(), AuditView.PENDING);
  }

  public static SessionView of(Session session, List<FileView> files, AuditView audit) {
    return new SessionView(
        session.id(),
        session.app(),
        session.channel(),
        session.mode().word(),
        session.slot(),
        session.assurance().word(),
        session.status().word(),
        session.reason(),
        Storage.of(session.destination()),
        session.tasks().stream()
            .filter(SessionView::isShown)
            .map(task -> TaskView.of(task, session))
            .toList(),
        files,
        audit,
        new TreeMap<>(session.labels()),
        session.createdAt(),
        session.updatedAt(),
        session.stoppedAt());
  }

  /// An intent is no recording, and neither is one that ended before Agora ever took it.
  private static boolean isShown(Task task) {
    return task.status() != Task.Status.INTENDED && !(task.ended() && task.sid() == null);
  }
}
