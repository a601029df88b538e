package io.reelkeeper.session.state;

import io.reelkeeper.core.TaskId;
import io.reelkeeper.core.Words;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One Agora recording that serves a session, from the intent to start it until its proven end.
///
/// @param number 1 for the first of its session
/// @param uid the recorder's UID in the channel, as we chose it
/// @param agoraUid the UID that Agora's own failover gave it, null before any
/// @param wanted false once it shall end (or never begin): it is stopped until that is proven
/// @param replaces the number of the task that this one takes over from, 0 for none
/// @param phase how far the try of its start is
/// @param attempt how many starts were sent; a try that does not know the number is an old one
/// @param tries failures in a row of what is being tried: start, confirmation, or finding it again
/// @param unheard queries in a row without any answer
/// @param sentUnheard a start reached Agora, or may have, and its outcome was never told
/// @param resourceId from acquire, null before
/// @param acquiredAt when that was; a resource ID lives five minutes
/// @param sid null until Agora said it, in an answer or a notice
/// @param startedAt when the sid was learnt
/// @param confirmedAt the first status 4 or 5
/// @param provenAt the last time that anything proved it to be recording
/// @param doubtSince the first 404 in a row
/// @param haRegistered Agora's high availability watches it (event 13)
/// @param error what Agora said is fatally wrong with it (event 1), a slug, or null
/// @param playlist the first M3U8 that Agora named, its key in the bucket; null before
/// @param playlistAsked how often Agora was asked for it in vain
/// @param pageReadyAt when the recorded page said that it has loaded, null before or without probe
/// @param pageAliveAt when the recorded page was last heard
public record Task(
    int number,
    String uid,
    @Nullable String agoraUid,
    Status status,
    Cause cause,
    boolean wanted,
    int replaces,
    Phase phase,
    int attempt,
    int tries,
    int unheard,
    boolean sentUnheard,
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
    boolean haRegistered,
    @Nullable String error,
    @Nullable String playlist,
    int playlistAsked,
    @Nullable Instant pageReadyAt,
    @Nullable Instant pageAliveAt) {

  /// How long query and stop reach a recorder, from the acquire on: the `resourceExpiredHour` that
  /// we send, 720.
  public static final Duration RESOURCE_LIFE = Duration.ofDays(30);

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

  /// Whether a start is on its way right now: what is found `SENT` after a crash was sent, perhaps.
  public enum Phase {
    WAITING,
    SENT
  }

  public static Task intended(int number, String uid, Cause cause, int replaces, Instant now) {
    return new Task(
        number,
        uid,
        null,
        Status.INTENDED,
        cause,
        true,
        replaces,
        Phase.WAITING,
        0,
        0,
        0,
        false,
        now,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        false,
        null,
        null,
        0,
        null,
        null);
  }

  public boolean ended() {
    return status == Status.ENDED;
  }

  /// Whether a recorder may be in the channel under this UID, as far as we know.
  public boolean mayRun() {
    return !ended() && (sid != null || sentUnheard || phase == Phase.SENT);
  }

  public TaskId id(Session session) {
    return new TaskId(session.id(), number);
  }

  public Edit edit() {
    return new Edit(this);
  }

  /// A task being changed; what is not touched stays.
  public static final class Edit {
    private final Task from;
    public @Nullable String agoraUid;
    public Status status;
    public boolean wanted;
    public Phase phase;
    public int attempt;
    public int tries;
    public int unheard;
    public boolean sentUnheard;
    public @Nullable String resourceId;
    public @Nullable Instant acquiredAt;
    public @Nullable String sid;
    public @Nullable Instant startedAt;
    public @Nullable Instant confirmedAt;
    public @Nullable Instant provenAt;
    public @Nullable Instant doubtSince;
    public @Nullable Instant endedAt;
    public @Nullable String endReason;
    public boolean haRegistered;
    public @Nullable String error;
    public @Nullable String playlist;
    public int playlistAsked;
    public @Nullable Instant pageReadyAt;
    public @Nullable Instant pageAliveAt;

    private Edit(Task from) {
      this.from = from;
      this.agoraUid = from.agoraUid;
      this.status = from.status;
      this.wanted = from.wanted;
      this.phase = from.phase;
      this.attempt = from.attempt;
      this.tries = from.tries;
      this.unheard = from.unheard;
      this.sentUnheard = from.sentUnheard;
      this.resourceId = from.resourceId;
      this.acquiredAt = from.acquiredAt;
      this.sid = from.sid;
      this.startedAt = from.startedAt;
      this.confirmedAt = from.confirmedAt;
      this.provenAt = from.provenAt;
      this.doubtSince = from.doubtSince;
      this.endedAt = from.endedAt;
      this.endReason = from.endReason;
      this.haRegistered = from.haRegistered;
      this.error = from.error;
      this.playlist = from.playlist;
      this.playlistAsked = from.playlistAsked;
      this.pageReadyAt = from.pageReadyAt;
      this.pageAliveAt = from.pageAliveAt;
    }

    public Task done() {
      return new Task(
          from.number,
          from.uid,
          agoraUid,
          status,
          from.cause,
          wanted,
          from.replaces,
          phase,
          attempt,
          tries,
          unheard,
          sentUnheard,
          from.intendedAt,
          resourceId,
          acquiredAt,
          sid,
          startedAt,
          confirmedAt,
          provenAt,
          doubtSince,
          endedAt,
          endReason,
          haRegistered,
          error,
          playlist,
          playlistAsked,
          pageReadyAt,
          pageAliveAt);
    }
  }
}
