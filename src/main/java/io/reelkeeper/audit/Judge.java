package io.reelkeeper.audit;

import io.reelkeeper.session.History;
import io.reelkeeper.session.state.Policy;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.storage.Bucket;
import io.reelkeeper.storage.Buckets;
import io.reelkeeper.storage.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Puts side by side what was asked, what Agora said and what the bucket holds.
///
/// Nothing is held against a recording as long as files may still come: before Agora said that all
/// are there, or before the last pass, it is pending. That all of it went elsewhere is certain as
/// soon as Agora has uploaded.
@Component
class Judge {

  /// Agora's default, where the request says nothing.
  private static final int MAX_IDLE_SECONDS = 300;

  private static final int HISTORY_PAGE = 1000;

  /// What one pass over a task came to.
  ///
  /// @param settled whether no later pass can change it
  record Verdict(
      AuditStatus status, boolean settled, List<Finding> findings, List<AuditedFile> files) {

    Verdict {
      findings = List.copyOf(findings);
      files = List.copyOf(files);
    }
  }

  private final Buckets buckets;
  private final OtherPlaces others;
  private final Rivals rivals;
  private final History history;
  private final Policy policy;

  Judge(Buckets buckets, OtherPlaces others, Rivals rivals, History history, Policy policy) {
    this.buckets = buckets;
    this.others = others;
    this.rivals = rivals;
    this.history = history;
    this.policy = policy;
  }

  Verdict of(Session session, Task task, Instant now) {
    Told told = told(session, task);
    List<Session> near = rivals.near(session);
    Seen<Look> look =
        switch (buckets.of(session.destination())) {
          case Seen.Readable<Bucket>(Bucket bucket) -> Look.into(bucket, session, task);
          case Seen<Bucket> closed -> closed.failure();
        };
    boolean last = next(task, now) == null;
    Verdict verdict =
        look instanceof Seen.Readable<Look>(Look found)
            ? found(session, task, told, near, found, last)
            : unreachable(session, look.problem(), last);
    var findings = new ArrayList<>(verdict.findings());
    told.errors().stream()
        .map(error -> Finding.of("upload-error", "Agora reported " + error))
        .forEach(findings::add);
    findings.addAll(Rivals.findings(session, near));
    return new Verdict(verdict.status(), verdict.settled(), findings, verdict.files());
  }

  /// When the next pass over a task is due; null after the last one.
  @Nullable Instant next(Task task, Instant now) {
    Instant ended = Objects.requireNonNull(task.endedAt());
    return policy.auditPasses().stream()
        .map(ended::plus)
        .filter(pass -> pass.isAfter(now))
        .min(Instant::compareTo)
        .orElse(null);
  }

  private static Verdict unreachable(Session session, String why, boolean last) {
    return new Verdict(
        AuditStatus.UNREACHABLE,
        last,
        List.of(
            Finding.at(
                session.destination().profile(),
                "unreadable",
                "bucket %s cannot be read, %s; nothing is known of its files"
                    .formatted(session.destination().bucket(), why))),
        List.of());
  }

  private Verdict found(
      Session session, Task task, Told told, List<Session> near, Look look, boolean last) {
    boolean uploaded = told.uploaded() || told.backedUp();
    if (look.isEmpty() && nothingRecorded(task, told, last)) {
      return new Verdict(
          AuditStatus.EMPTY,
          true,
          List.of(Finding.of("nothing-recorded", "Agora said: " + told.inWords())),
          List.of());
    }
    var findings = new ArrayList<>(look.findings());
    Optional<String> time = missingTime(session, task, told, look);
    time.ifPresent(missing -> findings.addFirst(Finding.of("missing-time", missing)));
    // the last playlist is in the backup, too, as long as the one here does not end
    boolean toCome = told.backedUp() && !told.uploaded() && !look.isEnded() && !last;
    if (look.isWhole() && time.isEmpty() && !toCome) {
      boolean certain = uploaded || last;
      return new Verdict(
          certain ? AuditStatus.VERIFIED : AuditStatus.PENDING, certain, findings, look.files());
    }
    boolean misplaced = false;
    if (!look.isWhole()) {
      findings.add(contradiction(session, task, told, look));
      OtherPlaces.Found elsewhere = others.search(session, task, look, near);
      misplaced = elsewhere.misplaced();
      findings.addAll(0, elsewhere.findings());
    }
    // where some files are, the others may only be listed late, and what is elsewhere be a mirror
    boolean settled = last || (misplaced && uploaded && look.there() == 0);
    AuditStatus status;
    if (misplaced && settled) {
      status = AuditStatus.MISPLACED;
    } else if (told.backedUp()) {
      status = AuditStatus.BACKED_UP;
    } else if (last) {
      status = look.there() == 0 ? AuditStatus.MISSING : AuditStatus.INCOMPLETE;
    } else {
      status = AuditStatus.PENDING;
    }
    return new Verdict(status, settled, findings, look.files());
  }

  /// Agora's own word (435), or that until the last pass it never had any word for a file.
  private static boolean nothingRecorded(Task task, Told told, boolean last) {
    return "empty".equals(task.endReason()) || (last && !told.media());
  }

  private Optional<String> missingTime(Session session, Task task, Told told, Look look) {
    if (look.coverage().isEmpty()) {
      return Optional.empty(); // nothing plays: then files are missing, or only pictures were taken
    }
    int idle = session.request().path("recording").path("maxIdleTime").asInt(MAX_IDLE_SECONDS);
    Instant from = told.from();
    Instant to = told.to(Duration.ofSeconds(idle));
    return look.coverage().missing(from, to, told.silences(from, to), policy.auditTolerance());
  }

  private static Finding contradiction(Session session, Task task, Told told, Look look) {
    return Finding.of(
        "comparison",
        "asked: %s; Agora said: %s; the bucket holds %d of %d expected files"
            .formatted(
                OtherPlaces.startCall(session, task),
                told.inWords(),
                look.there(),
                look.expected()));
  }

  /// Page by page: the history of a month has a hundred thousand entries.
  private Told told(Session session, Task task) {
    var told = Told.about(task);
    Long after = null;
    List<History.Entry> page;
    do {
      page = history.of(session.id(), after, HISTORY_PAGE);
      page.forEach(told::hear);
      after = page.isEmpty() ? after : Long.valueOf(page.getLast().id());
    } while (page.size() == HISTORY_PAGE);
    return told;
  }
}
