package io.reelkeeper.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.reelkeeper.core.TaskId;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.limits.Workers;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.Walk;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/// Looks whether the files of an ended task are where they belong; comes again until that is
/// settled.
@Component
class AuditTask implements Walk {

  private final Sessions sessions;
  private final Judge judge;
  private final Audits audits;
  private final Clock clock;
  private final MeterRegistry meters;

  AuditTask(
      Sessions sessions,
      Judge judge,
      Audits audits,
      Workers workers,
      Clock clock,
      MeterRegistry meters) {
    this.sessions = sessions;
    this.judge = judge;
    this.audits = audits;
    this.clock = clock;
    this.meters = meters;
    // a counter that begins at 1 has never risen, as far as an alert can see
    workers.apps().forEach(app -> Stream.of(AuditStatus.values()).forEach(it -> count(app, it)));
  }

  private Counter count(String app, AuditStatus status) {
    return Counter.builder("reelkeeper.audits")
        .description("Recordings whose files are judged, by the verdict")
        .tags("app", app, "status", status.word())
        .register(meters);
  }

  @Override
  public String kind() {
    return TimerKind.AUDIT.name();
  }

  @Override
  public void run(String instance) {
    TaskId id = TaskId.parse(instance);
    Optional<Session> found = sessions.find(id.session());
    found
        .flatMap(session -> session.task(id.number()))
        .filter(Audits::isAudited)
        .ifPresent(task -> audit(found.orElseThrow(), task));
  }

  private void audit(Session session, Task task) {
    Instant now = clock.instant();
    Judge.Verdict verdict = judge.of(session, task, now);
    audits.keep(session, task, verdict, now, verdict.settled() ? null : judge.next(task, now));
    if (verdict.settled()) {
      count(session.app(), verdict.status()).increment();
    }
  }
}
