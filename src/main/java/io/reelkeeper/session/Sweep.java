package io.reelkeeper.session;

import io.micrometer.core.instrument.MeterRegistry;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.TimerChange;
import io.reelkeeper.timer.Timers;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// Looks for tasks that wait for nothing and gives them their timer back; each one is a defect.
@Component
public class Sweep {

  private static final Logger log = LoggerFactory.getLogger(Sweep.class);

  /// A timer is gone for the moment between its walk's last write and its removal; only what lacks
  /// one for longer is a defect.
  private static final Duration SETTLED = Duration.ofSeconds(30);

  /// The timer that every state of a task must have; a session that wants to record and has nobody
  /// who shall waits for users, with PRESENCE of the task that left them.
  private static final String MISSING =
      """
      select due.kind, due.instance
        from (select t.session_id || '/' || t.number as instance,
                     case when t.status = 'intended' then 'START'
                          when t.status = 'unknown' then 'SETTLE'
                          when t.wanted then 'QUERY'
                          else 'STOP' end as kind
                from task t
                join session s on s.id = t.session_id
               where t.status <> 'ended' and s.updated_at < :settled) as due
       where not exists (select from scheduled_tasks timer
                          where timer.task_name = due.kind and timer.task_instance = due.instance)
      union all
      select 'PRESENCE', waiting.id || '/' || waiting.number
        from (select s.id::text, coalesce(max(t.number) filter (where t.wanted), max(t.number)) as number
                from session s join task t on t.session_id = s.id
               where s.status not in ('stopping', 'stopped', 'failed') and s.updated_at < :settled
               group by s.id
              having bool_and(t.status = 'ended' or not t.wanted)) as waiting
       where not exists (select from scheduled_tasks timer
                          where timer.task_name = 'PRESENCE'
                            and split_part(timer.task_instance, '/', 1) = waiting.id)
      union all
      select 'AUDIT', a.session_id || '/' || a.number
        from task_audit a join task t on t.session_id = a.session_id and t.number = a.number
       where not a.settled and a.touched_at < :settled and t.status = 'ended'
         and not exists (select from scheduled_tasks timer
                          where timer.task_name = 'AUDIT'
                            and timer.task_instance = a.session_id || '/' || a.number)
      """;

  private final JdbcClient jdbc;
  private final Timers timers;
  private final Clock clock;
  private final MeterRegistry meters;

  Sweep(JdbcClient jdbc, Timers timers, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.timers = timers;
    this.clock = clock;
    this.meters = meters;
  }

  /// Returns how many were missing.
  @Scheduled(fixedDelayString = "${reelkeeper.sweep-every:30s}", initialDelayString = "10s")
  @Transactional
  public int run() {
    Instant now = clock.instant();
    Timestamp settled = Timestamp.from(now.minus(SETTLED));
    List<TimerChange> missing =
        jdbc.sql(MISSING)
            .param("settled", settled)
            .query(
                (row, _) ->
                    (TimerChange)
                        new TimerChange.Set(
                            row.getString("kind"),
                            row.getString("instance"),
                            now,
                            TimerKind.valueOf(row.getString("kind")).priority()))
            .list();
    if (!missing.isEmpty()) {
      log.error("{} timers were missing and are set again: {}", missing.size(), missing);
      meters.counter("reelkeeper.timers.missing").increment(missing.size());
      timers.change(missing);
    }
    return missing.size();
  }
}
