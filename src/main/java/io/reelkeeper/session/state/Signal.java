package io.reelkeeper.session.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Something learnt about one session; all of them go through `Sessions.apply`.
public sealed interface Signal {

  /// A signal about one task of the session.
  sealed interface OfTask extends Signal {
    int task();
  }

  /// The start of a task is due, and the task has a resource ID already or may not be wanted any
  /// more.
  record StartDue(int task) implements OfTask {}

  /// Agora gave a resource ID; what is sent next is the start.
  ///
  /// @param attempt the task's count when this try began: an older one is refused
  record Acquired(int task, int attempt, String resourceId) implements OfTask {}

  record StartGranted(int task, String resourceId, String sid) implements OfTask {}

  /// It will not be done, however often it is asked.
  ///
  /// @param operation Agora's, or `OURSELVES` when nothing was asked
  /// @param code Agora's body code
  /// @param detail what to check, for the caller
  record StartRefused(
      int task, String operation, int httpStatus, int code, String reason, String detail)
      implements OfTask {

    /// We do not send what differs from what was accepted.
    public static final String OURSELVES = "reelkeeper";
  }

  /// Agora answered that it is not done, and it may be tried again.
  record StartBusy(
      int task,
      String operation,
      int httpStatus,
      int code,
      String reason,
      @Nullable Duration retryAfter)
      implements OfTask {}

  /// No answer on any way. `reached`: the start may run all the same.
  record StartUnheard(int task, String why, boolean reached) implements OfTask {}

  /// Agora says that it runs already (201/7, 400/53), and does not say under which sid.
  record StartedAlready(int task, int code) implements OfTask {}

  /// The time that a start of unknown outcome was given is over.
  record SettleDue(int task) implements OfTask {}

  /// @param status 0 to 8 or 20 (reference §4.3)
  /// @param files keys in the bucket
  record QueryAnswered(int task, int status, List<String> files) implements OfTask {
    public QueryAnswered {
      files = List.copyOf(files);
    }
  }

  /// HTTP 404 "failed to find worker".
  record WorkerNotFound(int task) implements OfTask {}

  /// The query was not answered in a way that says anything about the recorder.
  record QueryUnheard(int task, String why) implements OfTask {}

  /// The query was not sent, commands went before it; it may be in this time.
  record QueryPostponed(int task, Duration by) implements OfTask {}

  /// Our credentials or our URL are wrong: no query will be answered until that is mended.
  record QueryRefused(int task, int httpStatus, int code, String reason) implements OfTask {}

  /// The time within which event 13 had to come is over.
  record HaDue(int task, Watchdog watchdog) implements OfTask {}

  /// What the watchdog of an App ID does about a recorder without event 13.
  enum Watchdog {
    /// Starts another one.
    ENFORCES,
    /// Notes it: by the policy, or because event 13 reaches us for no recorder of this App ID.
    OBSERVES,
    /// It enforced until now, and gives up with this one.
    TRIPS
  }

  /// The recorded page says that it has loaded.
  record PageReady(int task) implements OfTask {}

  /// The recorded page says that it is well.
  record PageAlive(int task) implements OfTask {}

  /// The recorded page had to be heard by now.
  record PageDue(int task) implements OfTask {}

  /// The recorder will soon be beyond our control.
  record ExpiryDue(int task) implements OfTask {}

  record Noticed(Notice notice) implements Signal {}

  /// The caller was warned when the session was accepted.
  record Warned(String text) implements Signal {}

  /// The caller wants what is being recorded to be changed.
  ///
  /// @param change members of an update's `clientRequest`; or `layout`, what of it shall change
  record UpdateAsked(JsonNode change) implements Signal {}

  /// What became of an update of one task.
  ///
  /// @param change what was sent
  /// @param said Agora's words, or why there are none; empty when it is done
  record UpdateAnswered(int task, JsonNode change, UpdateOutcome outcome, String said)
      implements OfTask {}

  enum UpdateOutcome {
    DONE,
    /// It will not be done, however often it is asked.
    REFUSED,
    /// Agora does not find the recorder.
    NOT_FOUND,
    /// Not done, or nobody knows; asked again it does no harm.
    UNHEARD
  }

  /// Credentials that end are about to go out with a start, or went out with an update.
  ///
  /// @param tokenEnds when the RTC token that we minted ends; null when it is none of ours
  /// @param storageEnds when the storage token ends; null when there is none
  record CredentialsSent(int task, @Nullable Instant tokenEnds, @Nullable Instant storageEnds)
      implements OfTask {}

  /// A fresh storage token did not get to Agora.
  ///
  /// @param hopeless whether somebody has to mend something before it can
  record StorageTokenLate(int task, String why, boolean hopeless) implements OfTask {}

  /// The RTC token of the recorder ends soon.
  record TokenDue(int task) implements OfTask {}

  /// Users that would be recorded, as the channel's presence says; -1 when it could not be learnt.
  record Present(int task, int hosts) implements OfTask {}

  /// @param reason the slug that the session will end with, such as `requested`
  record StopAsked(String reason) implements Signal {}

  /// An operator wants another recorder in place of the one that records now.
  record ReplaceAsked() implements Signal {}

  /// What a stop of one task brought.
  ///
  /// @param uploading where the files are, in Agora's word: `uploaded`, `backuped`, `unknown`,
  ///     `stranded`; null when it was not said
  record StopAnswered(int task, StopOutcome outcome, List<String> files, @Nullable String uploading)
      implements OfTask {

    public StopAnswered {
      files = List.copyOf(files);
    }

    public StopAnswered(int task, StopOutcome outcome, List<String> files) {
      this(task, outcome, files, null);
    }
  }

  /// What a look into the bucket came to.
  ///
  /// @param status the audit's word, such as `verified`
  /// @param settled whether no later look can change it
  /// @param findings in plain words
  record Audited(int task, String status, boolean settled, List<String> findings)
      implements OfTask {
    public Audited {
      findings = List.copyOf(findings);
    }
  }

  enum StopOutcome {
    /// Agora confirmed the end.
    DONE,
    /// It is ending, or has ended before (49).
    ENDING,
    /// It ended and nothing was recorded (435).
    EMPTY,
    /// 404: ended, or failing over and coming back.
    NOT_FOUND,
    /// Our credentials or our URL are wrong; it may still run.
    REFUSED,
    /// Anything else; it may still run.
    UNHEARD
  }
}
