create table inbox (
  month       date        not null check (extract(day from month) = 1),
  app         text        not null,
  notice_id   text        not null,
  received_at timestamptz not null,
  body        bytea       not null,
  event_type  integer     not null,
  sid         text        not null,
  cname       text        not null,
  uid         text        not null,
  sequence    bigint      not null,
  sendts      bigint      not null,
  state       text        not null check (state in ('new', 'held', 'done', 'strange')),
  due_at      timestamptz,
  tries       integer     not null check (tries >= 0),
  handled_at  timestamptz,
  primary key (month, app, notice_id),
  check ((state in ('new', 'held')) = (due_at is not null)),
  check ((state in ('done', 'strange')) = (handled_at is not null))
) partition by range (month);

comment on table inbox is
  'Every notification of Agora with a valid signature, as it came, before anybody acts on it. '
  'A row is acknowledged to Agora once it is committed here, and never before.';
comment on column inbox.month is
  'of the time at which it happened, so that a resend after midnight meets its first delivery';
comment on column inbox.body is
  'the bytes that were signed, or the element of a signed array: not every JSON can be kept as text';
comment on column inbox.event_type is '-1 when not said, as sequence; sendts is 0 then, texts are empty';
comment on column inbox.state is
  'new: not tried yet; held: nobody to tell yet, or telling failed; done: told; '
  'strange: nobody was found for a day, kept for whoever wonders';

create index inbox_due on inbox (due_at) where state in ('new', 'held');
create index inbox_sid on inbox (sid, received_at) where sid <> '';
create index inbox_ended on inbox (received_at) where event_type in (11, 31, 32) and sid <> '';

-- What falls into no month that was prepared; empty as long as the service runs at all.
create table inbox_default partition of inbox default;
comment on table inbox_default is 'Notifications of months that nobody prepared a partition for.';

create table inbox_gap (
  app        text        not null,
  sid        text        not null,
  missing    bigint      not null check (missing >= 0),
  counted_at timestamptz not null,
  primary key (app, sid)
);

comment on table inbox_gap is
  'How many sequence numbers of an ended recording never arrived; one row for each recording, '
  'so that several replicas count it once.';
