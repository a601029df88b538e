package io.reelkeeper.session;

import io.reelkeeper.session.machine.Move;
import io.reelkeeper.session.machine.SessionMachine;
import io.reelkeeper.session.state.Policy;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Session.RecordedFile;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.timer.Timers;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// Writes what the query of a healthy recording brings in one statement.
///
/// A recording is asked every two minutes, and almost every answer is "it still records". Such a
/// move changes the time of the last proof and the next timer, nothing else; it is written without
/// locking and reading the session again, provided that nobody changed the session meanwhile.
@Component
class Quietly {

  private static final String WRITE =
      """
      with unchanged as (
        select id from session where id = :session and version = :version for no key update
      ), proven as (
        update task set proven_at = cast(:provenAt as timestamptz)
         where number = :task and session_id = (select id from unchanged)
      ), kept as (
        insert into recorded_file (session_id, name, type, task)
        select unchanged.id, file.name, file.type, :task
          from unchanged,
               unnest(cast(:files as text[]), cast(:types as text[])) as file (name, type)
        on conflict do nothing
      ), noted as (
        insert into signal_history
          (session_id, task, at, signal, rule, status_before, status_after, detail)
        select id, :task, cast(:now as timestamptz), :signal, :rule, :status, :status,
               cast(:detail as jsonb)
          from unchanged
      ), timed as (
      """
          + Timers.SET
          + """
          )
          select count(*) from unchanged
          """;

  private final JdbcClient jdbc;
  private final History history;
  private final Timers timers;
  private final Policy policy;
  private final TransactionTemplate tx;

  Quietly(
      JdbcClient jdbc,
      History history,
      Timers timers,
      Policy policy,
      PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.history = history;
    this.timers = timers;
    this.policy = policy;
    this.tx = new TransactionTemplate(transactions);
  }

  /// Nothing when the signal means more than that, or the session changed since it was read.
  Optional<Sessions.Applied> apply(Session session, Signal.OfTask signal, Instant now) {
    Move move = SessionMachine.decide(session, signal, policy, now);
    if (!move.isQuiet(session, signal.task())) {
      return Optional.empty();
    }
    Task task = move.next().task(signal.task()).orElseThrow();
    Map<String, @Nullable Object> values = new HashMap<>(Timers.parameters(move.timers()));
    values.put("session", session.id());
    values.put("version", session.version());
    values.put("task", task.number());
    values.put("provenAt", Objects.toString(task.provenAt(), null));
    values.put("now", now.toString());
    values.put("signal", signal.getClass().getSimpleName());
    values.put("rule", move.rule().name());
    values.put("status", session.status().word());
    values.put("detail", history.detail(signal));
    List<RecordedFile> files = move.next().files();
    values.put("files", files.stream().map(RecordedFile::name).toArray(String[]::new));
    values.put("types", files.stream().map(RecordedFile::type).toArray(String[]::new));
    boolean written =
        Boolean.TRUE.equals(
            tx.execute(
                status -> {
                  boolean unchanged =
                      jdbc.sql(WRITE).params(values).query(Integer.class).single() == 1;
                  if (unchanged) {
                    timers.nudgeAfterCommit(move.timers());
                  } else {
                    status.setRollbackOnly();
                  }
                  return unchanged;
                }));
    return written ? Optional.of(new Sessions.Applied(move.next(), move.rule())) : Optional.empty();
  }
}
