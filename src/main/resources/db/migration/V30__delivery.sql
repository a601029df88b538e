-- An identity is given when a row is written and seen when its transaction commits, maybe after
-- younger ones were read. So readers go by the position, which is given afterwards, one replica at
-- a time: whoever has seen a position will never see a lower one appear.

alter table outbox
  add column uid uuid not null default gen_random_uuid(),
  add column position bigint;
comment on column outbox.uid is
  'what the event is called outside; a sequence would give names again after a restore';
comment on column outbox.position is
  'the order in which readers see events, in order per session; null until it is placed';

create unique index outbox_position on outbox (position) where position is not null;
create index outbox_unplaced on outbox (id) where position is null;

create table outbox_head (
  only_one boolean primary key default true check (only_one),
  position bigint  not null check (position >= 0)
);
comment on table outbox_head is
  'The last position that was given; its one row is locked by whoever gives the next.';
insert into outbox_head (position) values (0);

create table subscriber (
  name          text        primary key,
  queued        bigint      not null,
  paused_at     timestamptz,
  paused_why    text,
  failing_since timestamptz,
  failed_at     timestamptz,
  error         text,
  delivered_at  timestamptz,
  alarm_session uuid,
  alarm_app     text,
  check ((paused_at is null) = (paused_why is null)),
  check ((alarm_session is null) = (alarm_app is null))
);
comment on table subscriber is
  'How the deliveries to a subscriber of the configuration go; address and secret are not here.';
comment on column subscriber.queued is 'events up to this position are in its lines';
comment on column subscriber.failing_since is 'the first failure after the last success';
comment on column subscriber.alarm_session is 'of the alarm that its pause has raised';

create table subscriber_line (
  subscriber text        not null,
  session_id uuid        not null,
  told       bigint      not null,
  wanted     bigint      not null,
  due_at     timestamptz,
  failures   integer     not null check (failures >= 0),
  lease      bigint      not null,
  moved_at   timestamptz not null,
  primary key (subscriber, session_id),
  check (told <= wanted),
  check ((told < wanted) = (due_at is not null))
);
comment on table subscriber_line is
  'What a subscriber was told of a session and what it is to be told, in order: one row however '
  'many events wait.';
comment on column subscriber_line.told is 'the position of the last event that it took';
comment on column subscriber_line.wanted is 'the position of the last event that is meant for it';
comment on column subscriber_line.due_at is
  'when the next attempt is due; while one runs, when it may be taken for dead';
comment on column subscriber_line.lease is 'grows whenever the line is taken; who lost it writes nothing';
comment on column subscriber_line.moved_at is 'when it last got or lost an event';

create index subscriber_line_due on subscriber_line (subscriber, due_at) where due_at is not null;
create index subscriber_line_moved on subscriber_line (moved_at) where due_at is null;
