package io.reelkeeper.timer;

import com.github.kagkarlsson.scheduler.task.Execution;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The rows of running walks: kept alive while they run, given back, and taken from the dead.
final class Picked {

  private static final String FREE =
      """
      update scheduled_tasks
      set picked = false, picked_by = null, last_heartbeat = null, version = version + 1
      """;

  private final JdbcClient jdbc;
  private final String replica;
  private final Duration deadAfter;

  Picked(JdbcClient jdbc, String replica, Duration deadAfter) {
    this.jdbc = jdbc;
    this.replica = replica;
    this.deadAfter = deadAfter;
  }

  /// A sign of life of all that run here, in one statement.
  ///
  /// Rows that a walk has locked at this moment are passed by: it is about to set its timer anew,
  /// and two that wait for each other's rows would fail.
  void alive(List<Execution> running, Instant now) {
    if (running.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            update scheduled_tasks set last_heartbeat = :now
            where ctid = any (array(
              select timer.ctid
              from unnest(:kinds, :instances, :versions) as runs (kind, instance, version)
              join scheduled_tasks timer
                on timer.task_name = runs.kind and timer.task_instance = runs.instance
                  and timer.version = runs.version and timer.picked
              for update of timer skip locked))
            """)
        .param("now", Timestamp.from(now))
        .param("kinds", running.stream().map(Execution::getTaskName).toArray(String[]::new))
        .param("instances", running.stream().map(Execution::getId).toArray(String[]::new))
        .param("versions", running.stream().map(run -> run.version).toArray(Long[]::new))
        .update();
  }

  /// Frees what dead replicas were running, so that whoever looks next runs it.
  ///
  /// @return how many
  int freeThoseOfTheDead(Instant now) {
    return jdbc.sql(FREE + "where picked and last_heartbeat <= :dead")
        .param("dead", Timestamp.from(now.minus(deadAfter)))
        .update();
  }

  /// Frees what is still running here.
  ///
  /// @return how many
  int handBack() {
    return jdbc.sql(FREE + "where picked and picked_by = :replica")
        .param("replica", replica)
        .update();
  }
}
