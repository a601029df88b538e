package io.reelkeeper.timer;

import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.Execution;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// Picks what is due, of those kinds alone that this version serves.
///
/// While an old and a new version run side by side, the table holds kinds that one of them does not
/// know. The library would pick these too and drop them, so that they had to wait for being found
/// dead before the other version could run them.
class KnownKindsOnly extends PostgreSqlJdbcCustomization {

  /// The rows are named by their place, which their lock keeps: joined by name, the planner would
  /// read the whole table.
  static final String PICK =
      """
      with picked as (
        update scheduled_tasks timer
        set picked = true, picked_by = ?, last_heartbeat = ?, version = version + 1
        where timer.ctid = any (array(
          select ctid from scheduled_tasks
          where not picked and execution_time <= ? and task_name = any (?)
          order by priority desc, execution_time
          for update skip locked
          limit ?
        ))
        returning timer.*)
      select * from picked order by priority desc, execution_time
      """;

  private final Set<String> kinds;

  KnownKindsOnly(Set<String> kinds) {
    super(false, false);
    this.kinds = kinds;
  }

  @Override
  public List<Execution> lockAndFetchSingleStatement(
      JdbcTaskRepositoryContext context, Instant now, int limit, boolean orderByPriority) {
    return context.jdbcRunner.query(
        PICK,
        statement -> {
          statement.setString(1, context.schedulerName.getName());
          setInstant(statement, 2, now);
          setInstant(statement, 3, now);
          statement.setArray(4, statement.getConnection().createArrayOf("text", kinds.toArray()));
          statement.setInt(5, limit);
        },
        context.resultSetMapper.get());
  }
}
