create table outbox (
  id         bigint generated always as identity primary key,
  session_id uuid not null,
  app        text not null,
  type       text not null,
  at         timestamptz not null,
  data       jsonb not null
);
comment on table outbox is 'Events for the business, written in the transaction that made them true, in order per session.';
create index outbox_session on outbox (session_id, id);
