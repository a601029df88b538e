-- The life of sessions. Whatever must never happen is refused here too, not only in code.

create table session (
  id            uuid primary key,
  app           text not null,
  channel       text not null,
  mode          text not null check (mode in ('composite', 'individual', 'web')),
  slot          text not null,
  assurance     text not null check (assurance in ('critical', 'standard', 'thrifty')),
  on_idle       text not null check (on_idle in ('end', 'restart')),
  status        text not null check (status in ('starting', 'recording', 'recovering', 'stopping', 'stopped', 'failed')),
  reason        text,
  refusal       jsonb,
  storage_profile text not null,
  vendor        text not null,
  region        text not null,
  bucket        text not null,
  endpoint      text,
  prefix        text[] not null,
  fingerprint   text not null check (fingerprint ~ '^sha256:[0-9a-f]{64}$'),
  request       jsonb not null,
  digest        text not null,
  secrets       bytea,
  uids          text[] not null check (cardinality(uids) >= 2),
  labels        jsonb not null,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  stopped_at    timestamptz,
  signals       bigint not null,
  version       bigint not null,
  check ((status in ('stopped', 'failed')) = (stopped_at is not null))
);
comment on table session is 'What the business wants recorded; it outlives the recorders that serve it.';
comment on column session.secrets is 'Tokens and channel keys of the caller, AES-GCM, bound to the row''s id.';
comment on column session.digest is 'Over all that makes two requests the same recording.';

create unique index session_one_active on session (app, channel, mode, slot)
  where status not in ('stopped', 'failed');
create index session_newest on session (app, id desc);
create index session_channel on session (app, channel, id desc);
create index session_open on session (app, status) where status not in ('stopped', 'failed');
create index session_labels on session using gin (labels jsonb_path_ops);

create table task (
  session_id    uuid not null references session (id) on delete cascade,
  number        int not null check (number >= 1),
  app           text not null,
  channel       text not null,
  mode          text not null,
  uid           text not null,
  agora_uid     text,
  status        text not null check (status in ('intended', 'unconfirmed', 'live', 'doubtful', 'unknown', 'ended')),
  cause         text not null,
  wanted        boolean not null,
  replaces      int not null,
  phase         text not null check (phase in ('waiting', 'sent')),
  attempt       int not null,
  tries         int not null,
  unheard       int not null,
  sent_unheard  boolean not null,
  intended_at   timestamptz not null,
  resource_id   text,
  acquired_at   timestamptz,
  sid           text,
  started_at    timestamptz,
  confirmed_at  timestamptz,
  proven_at     timestamptz,
  doubt_since   timestamptz,
  ended_at      timestamptz,
  end_reason    text,
  ha_registered boolean not null,
  primary key (session_id, number),
  check ((status = 'ended') = (ended_at is not null)),
  check (status not in ('unconfirmed', 'live', 'doubtful') or sid is not null),
  check (phase = 'waiting' or resource_id is not null)
);
comment on table task is 'One Agora recording (one sid) that serves a session, from the intent to start it until its proven end.';
comment on column task.wanted is 'False once it shall end; it is stopped until that is proven.';
comment on column task.sent_unheard is 'A start may have reached Agora and its outcome was never told.';

create unique index task_sid on task (sid) where sid is not null;
create unique index task_one_uid on task (app, channel, uid) where status <> 'ended' and wanted;
create index task_open on task (app, status) where status <> 'ended';
create index task_by_channel on task (app, channel) where status <> 'ended';

create function session_guard() returns trigger language plpgsql as $$
begin
  if (old.storage_profile, old.vendor, old.region, old.bucket, old.endpoint, old.prefix, old.fingerprint)
     is distinct from
     (new.storage_profile, new.vendor, new.region, new.bucket, new.endpoint, new.prefix, new.fingerprint) then
    raise exception 'the destination of session % is fixed', old.id using errcode = 'check_violation';
  end if;
  if old.status <> new.status and (old.status, new.status) not in (
      ('starting', 'recording'), ('starting', 'recovering'), ('starting', 'stopping'), ('starting', 'stopped'), ('starting', 'failed'),
      ('recording', 'recovering'), ('recording', 'stopping'), ('recording', 'stopped'), ('recording', 'failed'),
      ('recovering', 'recording'), ('recovering', 'stopping'), ('recovering', 'stopped'), ('recovering', 'failed'),
      ('stopping', 'stopped')) then
    raise exception 'session % cannot go from % to %', old.id, old.status, new.status using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger session_guard before update on session for each row execute function session_guard();

create function task_guard() returns trigger language plpgsql as $$
begin
  if old.sid is not null and new.sid is distinct from old.sid then
    raise exception 'the sid of task %/% is fixed', old.session_id, old.number using errcode = 'check_violation';
  end if;
  if old.status = 'ended' and new.status <> 'ended' and old.sid is not null and new.wanted then
    raise exception 'task %/% has ended and serves no more', old.session_id, old.number using errcode = 'check_violation';
  end if;
  if old.uid <> new.uid or old.intended_at <> new.intended_at then
    raise exception 'the intent of task %/% is fixed', old.session_id, old.number using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger task_guard before update on task for each row execute function task_guard();

create table signal_history (
  id            bigint generated always as identity primary key,
  session_id    uuid not null references session (id) on delete cascade,
  task          int,
  at            timestamptz not null,
  signal        text not null,
  rule          text not null,
  status_before text not null,
  status_after  text not null,
  meaning       text,
  detail        jsonb not null
);
comment on table signal_history is 'Everything that was learnt about a session, in order, and what was decided.';
create index signal_history_session on signal_history (session_id, id);
create unique index signal_history_once on signal_history (session_id, meaning) where meaning is not null;

create table recorded_file (
  session_id uuid not null references session (id) on delete cascade,
  name       text not null,
  type       text not null,
  task       int not null,
  primary key (session_id, name)
);
comment on table recorded_file is 'Files that Agora says it made for a session, by their keys in the bucket.';

create table idempotency_key (
  caller       text not null,
  key          text not null,
  body_digest  text not null,
  session_id   uuid not null references session (id) on delete cascade,
  created_at   timestamptz not null,
  status       int,
  content_type text,
  body         text,
  primary key (caller, key)
);
comment on table idempotency_key is 'The first answer to a start under a caller''s key; it counts for 24 hours.';
create index idempotency_key_age on idempotency_key (created_at);
create index idempotency_key_session on idempotency_key (session_id);
