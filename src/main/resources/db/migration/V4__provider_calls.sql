create sequence provider_call_seq;

create table provider_call (
  seq           bigint      not null default nextval('provider_call_seq'),
  at            timestamptz not null,
  session_id    uuid        not null,
  task_number   integer     not null,
  app           text        not null,
  operation     text        not null check (operation in
                  ('acquire', 'start', 'query', 'update', 'updateLayout', 'stop', 'presence')),
  attempt       integer     not null check (attempt >= 1),
  domain        text        not null,
  method        text        not null check (method in ('GET', 'POST')),
  path          text        not null,
  http_status   integer,
  code          integer,
  outcome       text        not null check (outcome in ('granted', 'refused', 'busy', 'unheard')),
  note          text,
  request_id    text,
  took_ms       bigint      not null check (took_ms >= 0),
  waited_ms     bigint      not null check (waited_ms >= 0),
  request       jsonb       not null,
  response      jsonb       not null,
  primary key (at, seq)
) partition by range (at);

-- Months may be split off later; what has no partition of its own lands here.
create table provider_call_default partition of provider_call default;

create index provider_call_of_session on provider_call (session_id, at, seq);

comment on table provider_call is
  'Every HTTP attempt at Agora, requests and answers redacted: the evidence of what was said.';
comment on column provider_call.note is 'why there is no answer that can be believed, or what Agora gave as its reason';
comment on column provider_call.request is 'JSON null where the request had no body; secrets as fp:<fingerprint>';
comment on column provider_call.response is 'JSON null where no answer came; secrets as fp:<fingerprint>';
comment on column provider_call.waited_ms is 'time in the queue for the requests per second, before at';
