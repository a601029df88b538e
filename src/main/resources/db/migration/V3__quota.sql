create table quota_pace (
  app          text        primary key,
  next_at      timestamptz not null,
  next_poll_at timestamptz not null,
  slowed_until timestamptz not null default '-infinity',
  minute       timestamptz not null,
  used         integer     not null default 0 check (used >= 0),
  used_before  integer     not null default 0 check (used_before >= 0)
)
-- one hot row per App ID: leave room on its page for the next versions (HOT updates)
with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

comment on table quota_pace is
  'The pace of requests to Agora, one row per App ID, shared by all replicas; all times are this database''s clock.';
comment on column quota_pace.next_at is 'The first instant that is not booked.';
comment on column quota_pace.next_poll_at is 'Before it no poll may be booked: polls have four fifths of the pace.';
comment on column quota_pace.slowed_until is 'Until then half the pace, because Agora answered 429.';
comment on column quota_pace.used is 'Requests booked in this minute; used_before: in the minute before it.';
