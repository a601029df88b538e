package io.reelkeeper.session.machine;

import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Notice.What;
import io.reelkeeper.session.state.Session.OnIdle;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import io.reelkeeper.session.state.Task.Status;
import io.reelkeeper.session.state.TimerKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a signed notification means. A notice speaks of one sid and never touches another one.
final class NoticeRules {

  /// Clocks of two companies: a notice may seem a little older than the intent it belongs to.
  static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(30);

  /// Storage configuration wrong (reference §8.7); Agora ends such a recording.
  private static final int STORAGE_WRONG = 32;

  /// The token of the recorder expired or is not valid (reference §6.3); it leaves the channel.
  private static final List<Integer> TOKEN_WRONG = List.of(109, 110);

  private NoticeRules() {}

  static Rule noticed(Draft draft, Notice notice) {
    Optional<Task> known =
        draft.tasks().stream().filter(task -> notice.sid().equals(task.sid())).findFirst();
    if (known.isPresent()) {
      return of(draft, known.get(), notice);
    }
    Optional<Task> lost =
        draft.tasks().stream().filter(task -> answersTo(task, notice)).findFirst();
    if (lost.isEmpty() || notice.sid().isEmpty()) {
      return Rule.NOTED;
    }
    Rule adopted = StartRules.adopt(draft, lost.get(), notice.sid());
    Rule said = of(draft, draft.task(lost.get().number()).orElseThrow(), notice);
    return said == Rule.NOTED || said == Rule.EVIDENCE ? adopted : said;
  }

  /// Whether this may be the sid that a start of unknown outcome got.
  static boolean answersTo(Task task, Notice notice) {
    return task.status() == Status.UNKNOWN
        && task.sid() == null
        && task.uid().equals(notice.uid())
        && notice.sendts() >= task.intendedAt().minus(CLOCK_TOLERANCE).toEpochMilli();
  }

  private static Rule of(Draft draft, Task task, Notice notice) {
    if (task.ended() && livesOn(task, notice)) {
      return cameBack(draft, task, notice);
    }
    if (byAnotherRecorder(task, notice)) {
      return failedOver(draft, task, notice.uid());
    }
    return switch (notice.what()) {
      case What.Exited _ -> ended(draft, task, notice, "exited");
      case What.RecorderLeft left when left.idle() -> idle(draft, task, notice);
      case What.RecorderLeft _ -> ended(draft, task, notice, "left");
      case What.Uploaded uploaded -> uploaded(draft, task, notice, uploaded.files(), "uploaded");
      case What.BackedUp backed -> uploaded(draft, task, notice, backed.files(), "backed-up");
      case What.WebRecorderStopped stopped -> webStopped(draft, task, notice, stopped);
      case What.FailedOver it ->
          failedOver(draft, task, it.newUid().isEmpty() ? notice.uid() : it.newUid());
      case What.HaRegistered _ -> WatchRules.haRegistered(draft, task);
      case What.Failed failed when isFatal(failed) -> fatal(draft, task, failed);
      case What.PlaylistUploaded playlist -> files(draft, task, List.of(playlist.fileList()));
      case What.SnapshotUploaded snapshot -> files(draft, task, List.of(snapshot.file()));
      case What.StatusUpdated updated when updated.fileList() != null ->
          files(draft, task, List.of(updated.fileList()));
      case What.TranscoderCompleted done -> files(draft, task, done.files());
      case What.TranscodingEnded done -> files(draft, task, done.files());
      case What.RecorderStarted _, What.SliceStarted _, What.WebRecorderStarted _ ->
          evidence(draft, task);
      default -> Rule.NOTED;
    };
  }

  /// What only a recorder that is at work says.
  private static boolean isWork(Notice notice) {
    return switch (notice.what()) {
      case What.RecorderStarted _, What.SliceStarted _, What.WebRecorderStarted _ -> true;
      default -> false;
    };
  }

  /// Agora moved the recorder, and the notice that says so was lost or is late.
  private static boolean byAnotherRecorder(Task task, Notice notice) {
    return isWork(notice)
        && !task.ended()
        && !notice.uid().isEmpty()
        && !notice.uid().equals(task.uid())
        && !notice.uid().equals(task.agoraUid());
  }

  /// A sid that counts as ended records on: it was not found for as long as a fail-over may take,
  /// or the end that was told was that of the recorder before the fail-over.
  private static boolean livesOn(Task task, Notice notice) {
    boolean otherUid = !notice.uid().isEmpty() && !notice.uid().equals(task.uid());
    boolean later = task.endedAt() != null && notice.sendts() > task.endedAt().toEpochMilli();
    boolean stopped = "stopped".equals(task.endReason()) || "empty".equals(task.endReason());
    return !stopped
        && (notice.what() instanceof What.FailedOver || (isWork(notice) && (otherUid || later)));
  }

  /// What has ended serves no more: its place is taken, or is taken now, and it is stopped like any
  /// surplus.
  private static Rule cameBack(Draft draft, Task task, Notice notice) {
    Task.Edit edit = task.edit();
    edit.status = Status.DOUBTFUL;
    edit.wanted = false;
    edit.agoraUid = notice.uid().isEmpty() ? task.agoraUid() : notice.uid();
    edit.endedAt = null;
    edit.endReason = null;
    edit.tries = 0;
    edit.unheard = 0;
    edit.doubtSince = null;
    Task back = draft.put(edit);
    draft.set(TimerKind.STOP, back, Duration.ZERO);
    boolean served = draft.tasks().stream().anyMatch(other -> other.wanted() && !other.ended());
    // Waiting for users who are there after all: somebody must record them.
    return served ? Rule.CAME_BACK : draft.replace(back, Cause.NOT_FOUND, Rule.CAME_BACK);
  }

  /// An end told by the recorder that Agora itself replaced is not the end of the recording.
  private static boolean byFormerRecorder(Task task, Notice notice) {
    return task.agoraUid() != null && !task.agoraUid().equals(notice.uid());
  }

  private static Rule ended(Draft draft, Task task, Notice notice, String why) {
    if (task.ended()) {
      return Rule.ENDED_LATE;
    }
    if (byFormerRecorder(task, notice)) {
      return Rule.NOTED;
    }
    draft.end(task, why);
    if (!task.wanted()) {
      return Rule.ENDED_AS_ASKED;
    }
    draft.because(task.error() == null ? Cause.EXITED.word() : task.error());
    return draft.hasSuccessor(task)
        ? Rule.ENDED_UNASKED
        : draft.replace(task, Cause.EXITED, Rule.ENDED_UNASKED);
  }

  private static Rule uploaded(
      Draft draft, Task task, Notice notice, List<String> files, String why) {
    Task named = draft.files(task, files);
    draft.event("files.uploaded", named);
    return ended(draft, named, notice, why);
  }

  /// The recorder left because nobody was there. Another notice of the same end may have come first
  /// and started a replacement; as long as that records nothing it is called off.
  private static Rule idle(Draft draft, Task task, Notice notice) {
    if (byFormerRecorder(task, notice)) {
      return Rule.NOTED;
    }
    boolean late = task.ended();
    if (late && tooLate(draft, task)) {
      return Rule.ENDED_LATE;
    }
    if (!late) {
      draft.end(task, "idle");
    }
    if (!task.wanted() || !draft.wantsRecording()) {
      return Rule.ENDED_AS_ASKED;
    }
    if (draft.from.onIdle() == OnIdle.RESTART) {
      draft.serves(task);
      draft.because("idle");
      draft.set(TimerKind.PRESENCE, task, Duration.ZERO);
      return Rule.ENDED_IDLE_WAITING;
    }
    draft.stop("idle");
    return Rule.ENDED_IDLE;
  }

  /// Why a task ended matters only as long as nothing records in its place.
  private static boolean tooLate(Draft draft, Task task) {
    boolean otherRecords =
        draft.tasks().stream()
            .anyMatch(other -> other.number() != task.number() && other.status() == Status.LIVE);
    return !task.wanted() || otherRecords || !draft.wantsRecording();
  }

  private static Rule webStopped(
      Draft draft, Task stoppedTask, Notice notice, What.WebRecorderStopped stopped) {
    Task task = draft.files(stoppedTask, stopped.files());
    if (byFormerRecorder(task, notice)) {
      return Rule.NOTED;
    }
    boolean byItself = stopped.code() == 0 || stopped.code() == 1;
    boolean late = task.ended();
    if (late && (!byItself || tooLate(draft, task))) {
      return Rule.ENDED_LATE;
    }
    if (!late) {
      draft.end(task, "web-recorder-stopped");
    }
    if (!task.wanted() || !draft.wantsRecording()) {
      return Rule.ENDED_AS_ASKED;
    }
    if (byItself) {
      draft.stop(stopped.code() == 0 ? "web-recorder-ended" : "max-recording-hour");
      return Rule.ENDED_BY_PAGE;
    }
    draft.because(Cause.WEB_RECORDER_STOPPED.word());
    return draft.hasSuccessor(task)
        ? Rule.ENDED_UNASKED
        : draft.replace(task, Cause.WEB_RECORDER_STOPPED, Rule.ENDED_UNASKED);
  }

  private static Rule failedOver(Draft draft, Task task, String newUid) {
    if (task.ended()) {
      return Rule.NOTED;
    }
    Task.Edit edit = task.edit();
    edit.agoraUid = newUid;
    edit.tries = 0;
    edit.doubtSince = null;
    edit.provenAt = draft.now;
    edit.status = task.status() == Status.DOUBTFUL ? Status.LIVE : task.status();
    Task moved = draft.put(edit);
    if (task.wanted()) {
      WatchRules.safe(draft, moved);
      draft.set(TimerKind.QUERY, moved, draft.policy.verifyDelay());
      UpdateRules.serves(draft, moved);
      if (moved.status() == Status.LIVE && draft.wantsRecording()) {
        draft.serves(moved);
      }
    }
    return Rule.FAILED_OVER;
  }

  private static Rule fatal(Draft draft, Task task, What.Failed failed) {
    if (task.ended() || !task.wanted()) {
      return Rule.NOTED;
    }
    Task.Edit edit = task.edit();
    edit.error = error(failed);
    Task failing = draft.put(edit);
    draft.set(TimerKind.QUERY, failing, Duration.ZERO);
    draft.alarm(error(failed), failing);
    return Rule.FATAL_REPORTED;
  }

  private static boolean isFatal(What.Failed failed) {
    return failed.level() >= FATAL
        || (failed.module() == UPLOADER && failed.code() == STORAGE_WRONG);
  }

  /// The slug that says to an operator what is wrong.
  private static String error(What.Failed failed) {
    if (failed.module() == UPLOADER) {
      return failed.code() == STORAGE_WRONG ? "storage-refused" : "upload-failed";
    }
    return TOKEN_WRONG.contains(failed.code()) ? "token-refused" : "recorder-error";
  }

  /// Modules and levels of event 1 (reference §8.7).
  private static final int UPLOADER = 1;

  private static final int FATAL = 5;

  private static Rule files(Draft draft, Task task, List<String> names) {
    Task named = draft.files(task, names);
    if (task.playlist() == null && named.playlist() != null && named.status() == Status.LIVE) {
      // The question for its name is answered.
      draft.set(TimerKind.QUERY, named, draft.nextMonitor());
    }
    return evidence(draft, named);
  }

  private static Rule evidence(Draft draft, Task task) {
    if (task.status() != Status.LIVE) {
      return Rule.NOTED;
    }
    Task.Edit edit = task.edit();
    edit.provenAt = draft.now;
    draft.put(edit);
    return Rule.EVIDENCE;
  }
}
