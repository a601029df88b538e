package io.reelkeeper.timer;

import static java.util.Comparator.naturalOrder;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// Sets and cancels wake-ups, in the caller's transaction: they come true with its commit or never.
@Component
public class Timers {

  /// The statement that sets the timers of [#parameters]; may stand in a `with` beside others.
  ///
  /// A timer that is just being run is taken from its run: the run then leaves the row alone. A new
  /// row's version begins with the microseconds of today, so that it never repeats a version that a
  /// cancelled row of the same name has had.
  public static final String SET =
      """
      insert into scheduled_tasks as timer
        (task_name, task_instance, execution_time, priority, picked, consecutive_failures, version)
      select kind, instance, at, priority, false, 0,
             (extract(epoch from clock_timestamp()) * 1000000)::bigint
      from unnest(cast(:timerKinds as text[]), cast(:timerInstances as text[]),
                  cast(:timerTimes as timestamptz[]), cast(:timerPriorities as smallint[]))
           as wanted (kind, instance, at, priority)
      on conflict (task_name, task_instance) do update set
        execution_time = excluded.execution_time, priority = excluded.priority,
        picked = false, picked_by = null, last_heartbeat = null, consecutive_failures = 0,
        version = timer.version + 1
      """;

  /// The statement that cancels the timers of [#parameters]; may stand in a `with` beside others.
  ///
  /// The first two conditions follow from the third; without them the planner does not see that the
  /// key leads to the rows, and reads the whole table.
  public static final String CANCEL =
      """
      delete from scheduled_tasks
      where task_name = any (cast(:cancelledKinds as text[]))
        and task_instance = any (cast(:cancelledInstances as text[]))
        and (task_name, task_instance) in (
        select kind, instance
        from unnest(cast(:cancelledKinds as text[]), cast(:cancelledInstances as text[]))
             as unwanted (kind, instance))
      """;

  private static final String CHANGE = "with cancelled as (" + CANCEL + ")\n" + SET;

  private final JdbcClient jdbc;
  private final Nudge nudge;

  Timers(JdbcClient jdbc, Nudge nudge) {
    this.jdbc = jdbc;
    this.nudge = nudge;
  }

  /// Makes all changes in one statement; of several for one timer the last one counts.
  public void change(List<TimerChange> changes) {
    if (changes.isEmpty()) {
      return;
    }
    jdbc.sql(statement(changes)).params(parameters(changes)).update();
    nudgeAfterCommit(changes);
  }

  private static String statement(List<TimerChange> changes) {
    if (only(TimerChange.Cancel.class, changes).isEmpty()) {
      return SET;
    }
    return only(TimerChange.Set.class, changes).isEmpty() ? CANCEL : CHANGE;
  }

  /// The values for [#SET] and [#CANCEL].
  public static Map<String, Object> parameters(List<TimerChange> changes) {
    var last = new TreeMap<String, TimerChange>(); // one order for all: no two can deadlock
    changes.forEach(change -> last.put(change.kind() + ' ' + change.instance(), change));
    var set = only(TimerChange.Set.class, last.values());
    var cancelled = only(TimerChange.Cancel.class, last.values());
    return Map.of(
        "timerKinds", set.stream().map(TimerChange.Set::kind).toArray(String[]::new),
        "timerInstances", set.stream().map(TimerChange.Set::instance).toArray(String[]::new),
        "timerTimes", set.stream().map(timer -> timer.at().toString()).toArray(String[]::new),
        "timerPriorities", set.stream().map(TimerChange.Set::priority).toArray(Integer[]::new),
        "cancelledKinds", cancelled.stream().map(TimerChange.Cancel::kind).toArray(String[]::new),
        "cancelledInstances",
            cancelled.stream().map(TimerChange.Cancel::instance).toArray(String[]::new));
  }

  /// Sees to it that timers due soon run at their time and not at the next poll; only for callers
  /// that used [#SET] in a statement of their own.
  public void nudgeAfterCommit(List<TimerChange> changes) {
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      committed(changes);
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            committed(changes);
          }
        });
  }

  private void committed(List<TimerChange> changes) {
    OwnTimer.changed(changes);
    only(TimerChange.Set.class, changes).stream()
        .map(TimerChange.Set::at)
        .min(naturalOrder())
        .ifPresent(nudge::at);
  }

  /// Whether this timer is set, or its walk is just running.
  public boolean exists(String kind, String instance) {
    return jdbc.sql(
            """
            select exists (
              select from scheduled_tasks where task_name = :kind and task_instance = :instance)
            """)
        .param("kind", kind)
        .param("instance", instance)
        .query((row, _) -> row.getBoolean(1))
        .single();
  }

  private static <T extends TimerChange> List<T> only(
      Class<T> type, Collection<TimerChange> changes) {
    return changes.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
