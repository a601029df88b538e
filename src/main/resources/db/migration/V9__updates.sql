-- Changes of a running recording go out one after the other, whichever replica takes them in.

alter table session add updating jsonb;
comment on column session.updating is 'The change that is on its way to Agora; the next one goes out after its answer.';
