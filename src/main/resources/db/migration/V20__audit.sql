create table task_audit (
  session_id uuid        not null,
  number     int         not null,
  status     text        not null check (status in
               ('pending', 'verified', 'incomplete', 'missing', 'misplaced', 'backed-up', 'empty', 'unreachable')),
  settled    boolean     not null,
  looks      int         not null check (looks >= 0),
  touched_at timestamptz not null,
  checked_at timestamptz,
  findings   jsonb       not null,
  primary key (session_id, number),
  foreign key (session_id, number) references task (session_id, number) on delete cascade,
  check ((looks = 0) = (checked_at is null)),
  check (not settled or status <> 'pending')
);
comment on table task_audit is
  'Whether the files of an ended recording are where they belong: one row from its end on, settled when no later look can change it.';
comment on column task_audit.looks is 'How often the bucket was looked into.';
comment on column task_audit.touched_at is 'The end of the task, then the last look.';

-- Those that must have a timer.
create index task_audit_open on task_audit (touched_at) where not settled;

create table audited_file (
  session_id uuid    not null references session (id) on delete cascade,
  task       int     not null,
  name       text    not null,
  type       text    not null,
  size       bigint,
  seconds    float8,
  present    boolean not null,
  part       int,
  position   int     not null,
  primary key (session_id, task, name),
  check (present = (size is not null))
);
comment on table audited_file is
  'Files as the last look into the bucket found them: all that lack, all that play, the first slices.';
comment on column audited_file.part is 'Of a playlist: its place among the parts of the recording.';

-- Written with the end itself, so that no end can be without an audit to come.
create function task_audit_begins() returns trigger language plpgsql as $$
begin
  insert into task_audit (session_id, number, status, settled, looks, touched_at, findings)
  values (new.session_id, new.number, 'pending', false, 0, new.ended_at, '[]')
  on conflict (session_id, number) do update
    set status = 'pending', settled = false, touched_at = excluded.touched_at;
  return null;
end $$;
create trigger task_audit_begins after update on task for each row
  when (new.status = 'ended' and old.status <> 'ended' and new.sid is not null)
  execute function task_audit_begins();
