package io.reelkeeper.session;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something learnt about one session; all of them go through `Sessions.apply`.
public sealed interface Signal {

  /// A signal about one task of the session.
  sealed interface OfTask extends Signal {
    int task();
  }

  /// The start of a task is about to be tried: the claim that makes two tries one.
  record StartDue(int task) implements OfTask {}

  /// Agora gave a resource ID to this try of the start; the next thing sent is the start itself.
  record Acquired(int task, int attempt, String resourceId) implements OfTask {}

  record StartGranted(int task, String resourceId, String sid) implements OfTask {}

  /// @param code Agora's body code
  /// @param detail what to check, for the caller
  record StartRefused(
      int task, String operation, int httpStatus, int code, String reason, String detail)
      implements OfTask {}

  /// Not started, and it may be tried again.
  record StartBusy(
      int task,
      String operation,
      int httpStatus,
      int code,
      String reason,
      @Nullable Duration retryAfter)
      implements OfTask {}

  /// No answer on any way. `reached`: it may run all the same.
  record StartUnheard(int task, String why, boolean reached) implements OfTask {}

  /// Agora says that it runs already (201/7, 400/53), and does not say under which sid.
  record StartedAlready(int task, int code) implements OfTask {}

  /// A signed notice brought the sid of a start whose answer was lost.
  record SidFound(int task, String sid) implements OfTask {}

  /// @param status 0 to 8 or 20 (reference §4.3)
  /// @param files names as Agora gave them
  record QueryAnswered(int task, int status, List<String> files) implements OfTask {
    public QueryAnswered {
      files = List.copyOf(files);
    }
  }

  /// HTTP 404 "failed to find worker".
  record WorkerNotFound(int task) implements OfTask {}

  /// The query was not answered in a way that says anything about the recorder.
  record QueryUnheard(int task, String why) implements OfTask {}

  /// The query could not be sent in time because commands went before it.
  record QueryPostponed(int task, Duration by) implements OfTask {}

  /// The query will never be answered: our credentials or our URL are wrong.
  record QueryRefused(int task, int httpStatus, String reason) implements OfTask {}

  record Noticed(Notice notice) implements Signal {}

  /// @param reason the slug that the session will end with, such as `requested`
  record StopAsked(String reason) implements Signal {}

  /// What a stop of one task brought.
  record StopAnswered(int task, StopOutcome outcome, List<String> files) implements OfTask {
    public StopAnswered {
      files = List.copyOf(files);
    }
  }

  /// The time for settling a start of unknown outcome is over, or it is time to look again.
  record SettleDue(int task) implements OfTask {}

  enum StopOutcome {
    /// Agora confirmed the end.
    DONE,
    /// 49: it is ending or has ended already.
    ALREADY_ENDING,
    /// 435: it ended and nothing was recorded.
    EMPTY,
    /// 404: ended, or failing over and coming back.
    NOT_FOUND,
    /// Anything else; it may still run.
    UNHEARD
  }
}
