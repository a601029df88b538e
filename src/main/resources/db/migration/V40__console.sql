-- What the console asks for every few seconds must not read what has long been over.

create index session_ended on session (stopped_at) where stopped_at is not null;

create index task_audit_trouble on task_audit (touched_at)
  where status in ('missing', 'misplaced', 'incomplete', 'unreachable');

-- Notifications come in the order of this column, so that the smallest kind of index does.
create index inbox_received on inbox using brin (received_at);
