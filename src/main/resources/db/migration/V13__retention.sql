-- The history of signals grows with every query; it goes by months. A session's id is made of its
-- time, so a session's whole history lies in the month it began, and stays one index wide.

alter table signal_history rename to signal_history_before;
alter index signal_history_session rename to signal_history_before_session;
alter index signal_history_once rename to signal_history_before_once;
alter table signal_history_before rename constraint signal_history_pkey to signal_history_before_pkey;

create sequence signal_history_seq;

create table signal_history (
  id            bigint not null default nextval('signal_history_seq'),
  session_id    uuid not null references session (id) on delete cascade,
  task          int,
  at            timestamptz not null,
  signal        text not null,
  rule          text not null,
  status_before text not null,
  status_after  text not null,
  meaning       text,
  detail        jsonb not null,
  primary key (session_id, id)
) partition by range (session_id);
comment on table signal_history is 'Everything that was learnt about a session, in order, and what was decided.';

create unique index signal_history_once on signal_history (session_id, meaning) where meaning is not null;

create table signal_history_default partition of signal_history default;
comment on table signal_history_default is 'Histories of sessions of months that nobody prepared a partition for.';

insert into signal_history select * from signal_history_before;
select setval('signal_history_seq', (select coalesce(max(id), 1) from signal_history));
drop table signal_history_before;
