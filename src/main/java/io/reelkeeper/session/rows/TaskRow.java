package io.reelkeeper.session.rows;

import io.reelkeeper.core.Words;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.Task.Cause;
import io.reelkeeper.session.state.Task.Phase;
import io.reelkeeper.session.state.Task.Status;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapsId;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A task as it lies in its table.
@Entity
@Table(name = "task")
public class TaskRow {

  @Embeddable
  record Key(UUID sessionId, int number) {}

  @EmbeddedId Key key;

  @MapsId("sessionId")
  @ManyToOne(fetch = FetchType.LAZY)
  @JoinColumn(name = "session_id")
  SessionRow session;

  String app;
  String channel;
  String mode;
  String uid;
  @Nullable String agoraUid;
  String status;
  String cause;
  boolean wanted;
  int replaces;
  String phase;
  int attempt;
  int tries;
  int unheard;
  boolean sentUnheard;
  Instant intendedAt;
  @Nullable String resourceId;
  @Nullable Instant acquiredAt;
  @Nullable String sid;
  @Nullable Instant startedAt;
  @Nullable Instant confirmedAt;
  @Nullable Instant provenAt;
  @Nullable Instant doubtSince;
  @Nullable Instant endedAt;
  @Nullable String endReason;
  boolean haRegistered;
  @Nullable String error;
  @Nullable String playlist;
  int playlistAsked;
  @Nullable Instant pageReadyAt;
  @Nullable Instant pageAliveAt;

  @SuppressWarnings("NullAway.Init")
  protected TaskRow() {}

  TaskRow(SessionRow session, Task task) {
    this.key = new Key(session.id, task.number());
    this.session = session;
    this.app = session.app;
    this.channel = session.channel;
    this.mode = session.mode;
    this.uid = task.uid();
    this.cause = task.cause().word();
    this.replaces = task.replaces();
    this.intendedAt = task.intendedAt();
    this.status = task.status().word();
    this.phase = Words.slug(task.phase());
    take(task);
  }

  final void take(Task task) {
    agoraUid = task.agoraUid();
    status = task.status().word();
    wanted = task.wanted();
    phase = Words.slug(task.phase());
    attempt = task.attempt();
    tries = task.tries();
    unheard = task.unheard();
    sentUnheard = task.sentUnheard();
    resourceId = task.resourceId();
    acquiredAt = task.acquiredAt();
    sid = task.sid();
    startedAt = task.startedAt();
    confirmedAt = task.confirmedAt();
    provenAt = task.provenAt();
    doubtSince = task.doubtSince();
    endedAt = task.endedAt();
    endReason = task.endReason();
    haRegistered = task.haRegistered();
    error = task.error();
    playlist = task.playlist();
    playlistAsked = task.playlistAsked();
    pageReadyAt = task.pageReadyAt();
    pageAliveAt = task.pageAliveAt();
  }

  Task task() {
    return new Task(
        key.number(),
        uid,
        agoraUid,
        SessionRow.constant(Status.class, status),
        SessionRow.constant(Cause.class, cause),
        wanted,
        replaces,
        SessionRow.constant(Phase.class, phase),
        attempt,
        tries,
        unheard,
        sentUnheard,
        intendedAt,
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
