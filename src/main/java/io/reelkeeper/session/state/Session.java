package io.reelkeeper.session.state;

import io.reelkeeper.core.Destination;
import io.reelkeeper.core.Mode;
import io.reelkeeper.core.Words;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the business wants recorded, and all that is known of it. Immutable: a signal makes the
/// next one.
///
/// @param request the accepted request after defaults: members `recording`, `files`, `snapshots`,
///     `web`, `page` as the caller wrote them, without secrets
/// @param changes what Agora accepted since by update and updateLayout: members of an update's
///     `clientRequest`, and `layout`; a replacement starts with them
/// @param update what is on its way to Agora to be changed, or null
/// @param digest SHA-256 over everything that makes two requests the same recording
/// @param uids recorder UIDs in the order of their use; the first two serve in turn
/// @param refusal what Agora said when it refused the start, or null
/// @param reason a slug that says why the status is what it is, or null
/// @param version counts the changes
public record Session(
    UUID id,
    String app,
    String channel,
    Mode mode,
    String slot,
    Assurance assurance,
    OnIdle onIdle,
    Status status,
    @Nullable String reason,
    @Nullable Refusal refusal,
    Destination destination,
    JsonNode request,
    JsonNode changes,
    @Nullable Update update,
    String digest,
    List<String> uids,
    Map<String, String> labels,
    List<Task> tasks,
    List<RecordedFile> files,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Instant stoppedAt,
    long version) {

  public Session {
    uids = List.copyOf(uids);
    labels = Map.copyOf(labels);
    tasks = List.copyOf(tasks);
    files = List.copyOf(files);
  }

  public enum Status {
    STARTING,
    RECORDING,
    RECOVERING,
    STOPPING,
    STOPPED,
    FAILED;

    /// No task of it will ever be started again.
    public boolean isFinal() {
      return this == STOPPED || this == FAILED;
    }

    /// The word of the API.
    public String word() {
      return Words.slug(this);
    }
  }

  public enum Assurance {
    CRITICAL,
    STANDARD,
    THRIFTY;

    public String word() {
      return Words.slug(this);
    }
  }

  public enum OnIdle {
    END,
    RESTART;

    public String word() {
      return Words.slug(this);
    }
  }

  /// Agora's refusal of a start.
  ///
  /// @param operation `acquire` or `start`
  /// @param code Agora's body code
  /// @param detail what to check
  public record Refusal(String operation, int httpStatus, int code, String reason, String detail) {}

  /// A file that Agora says it made.
  ///
  /// @param name the key in the bucket as Agora gave it, with our prefix where it left it out
  /// @param type `m3u8`, `ts`, `mp4`, `webm` or `jpg`
  /// @param task the task that made it
  public record RecordedFile(String name, String type, int task) {}

  /// An update of a task that was sent, or is about to be, and is not answered yet.
  ///
  /// @param change as in `changes`; of the layout, all of it
  public record Update(int task, JsonNode change) {}

  /// Whether an update waits for its answer: the next one may go out only after that. One whose
  /// task is gone waits for nothing.
  public boolean updating() {
    return update != null
        && task(update.task()).filter(task -> task.wanted() && !task.ended()).isPresent();
  }

  /// The same with the files that are kept apart from it.
  public Session with(List<RecordedFile> others) {
    return new Session(
        id,
        app,
        channel,
        mode,
        slot,
        assurance,
        onIdle,
        status,
        reason,
        refusal,
        destination,
        request,
        changes,
        update,
        digest,
        uids,
        labels,
        tasks,
        others,
        createdAt,
        updatedAt,
        stoppedAt,
        version);
  }

  public Optional<Task> task(int number) {
    return tasks.stream().filter(task -> task.number() == number).findFirst();
  }

  public Optional<Task> taskBySid(String sid) {
    return tasks.stream().filter(task -> sid.equals(task.sid())).findFirst();
  }

  /// Whether the end of all that it started is proven; a start of unknown outcome aside, which
  /// nobody could stop.
  public boolean ended() {
    return status.isFinal()
        && tasks.stream().allMatch(task -> task.ended() || task.status() == Task.Status.UNKNOWN);
  }

  /// Whether Agora ever accepted a start of this session.
  public boolean accepted() {
    return tasks.stream().anyMatch(task -> task.sid() != null);
  }
}
