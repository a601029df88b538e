-- What a checklist asks for: the last of few among many. Without these it would read months.

create index provider_call_setup on provider_call (app, operation, at)
  where operation in ('acquire', 'start', 'presence');
create index provider_call_too_fast on provider_call (app, at) where http_status = 429;
create index inbox_checklist on inbox (app, event_type, received_at)
  where event_type in (1, 11, 12, 13, 31, 40);
