package io.reelkeeper.session;

import io.reelkeeper.core.TaskId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One Agora recording that serves a session, from the intent to start it until its proven end.
///
/// @param number 1 for the first of its session
/// @param uid the recorder's UID in the channel
/// @param wanted false once it shall end (or never begin): it is stopped until that is proven
/// @param replaces the task that this one takes over from, 0 for none
/// @param attempt which try of the start is under way or was last made, from 1
/// @param tries failures in a row of what is being tried: start, query or stop
/// @param sentUnheard a start may have reached Agora and its outcome is not known
/// @param unfinished the last failures of the start were code 65 (they have a ladder of their own)
/// @param resourceId from acquire, null before
/// @param acquiredAt when that was; a resource ID lives 5 minutes
/// @param sid null until Agora said it, in an answer or a notice
/// @param startedAt when the sid was learnt
/// @param confirmedAt first status 4 or 5
/// @param provenAt the last time that anything proved it to be recording
/// @param doubtSince the first 404 or unconfirmed end in a row
/// @param m3u8 the playlist's key in the bucket
public record Task(
    int number,
    String uid,
    Status status,
    Cause cause,
    boolean wanted,
    int replaces,
    int attempt,
    int tries,
    boolean sentUnheard,
    boolean unfinished,
    Instant intendedAt,
    @Nullable String resourceId,
    @Nullable Instant acquiredAt,
    @Nullable String sid,
    @Nullable Instant startedAt,
    @Nullable Instant confirmedAt,
    @Nullable Instant provenAt,
    @Nullable Instant doubtSince,
    @Nullable Instant endedAt,
    @Nullable String endReason,
    @Nullable String m3u8,
    boolean haRegistered) {

  /// `INTENDED` is the intent before any sid; it is not shown as a recording.
  public enum Status {
    INTENDED,
    UNCONFIRMED,
    LIVE,
    DOUBTFUL,
    UNKNOWN,
    ENDED;

    /// The word of the API.
    public String word() {
      return Words.slug(this);
    }
  }

  /// Why this task was started.
  public enum Cause {
    REQUESTED,
    START_FAILED,
    NOT_CONFIRMED,
    NOT_FOUND,
    HA_NOT_REGISTERED,
    EXITED,
    PAGE_NOT_READY,
    PAGE_SILENT,
    WEB_RECORDER_STOPPED,
    OPERATOR;

    /// The word of the API.
    public String word() {
      return Words.slug(this);
    }
  }

  public boolean ended() {
    return status == Status.ENDED;
  }

  /// Whether it may be recording, as far as we know: it has a sid, or its start is a riddle.
  boolean mayRun() {
    return !ended() && (sid != null || sentUnheard);
  }

  TaskId id(Session session) {
    return new TaskId(session.id(), number);
  }
}
