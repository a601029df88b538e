-- The table is db-scheduler's: names and types of its columns are not ours to choose.
create table scheduled_tasks (
  task_name            text        not null,
  task_instance        text        not null,
  task_data            bytea,
  execution_time       timestamptz not null,
  picked               boolean     not null,
  picked_by            text,
  last_success         timestamptz,
  last_failure         timestamptz,
  consecutive_failures integer     not null default 0 check (consecutive_failures >= 0),
  last_heartbeat       timestamptz,
  version              bigint      not null,
  priority             smallint    not null default 0,
  state                text,
  primary key (task_name, task_instance),
  check (picked = (picked_by is not null))
)
-- a queue: rows come, change and go all day, so its dead rows must be swept early
with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);

comment on table scheduled_tasks is
  'Timers: one row per wake-up to come. task_name is the kind, task_instance whose timer it is; a picked row is being run by picked_by.';
comment on column scheduled_tasks.version is
  'Grows with every change; whoever runs a timer may finish the row only while the version is the one it picked.';

-- Finds what is due. There is none on priority on purpose: due rows are few and sorted in memory,
-- while an index in order of priority would have every poll walk through timers of next week.
create index scheduled_tasks_due on scheduled_tasks (execution_time) where not picked;

-- Finds what a dead replica has left behind.
create index scheduled_tasks_running on scheduled_tasks (last_heartbeat) where picked;
