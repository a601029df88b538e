-- Recorded pages report themselves under tokens; all replicas must know each other's.

create table page_key (
  id      int primary key default 1 check (id = 1),
  key     bytea not null check (length(key) = 32),
  made_at timestamptz not null
);
comment on table page_key is 'One row, made at the first start: what the tokens of recorded pages are signed with. Without it running pages are not believed any more.';
