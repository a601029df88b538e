-- What the best practice watches besides queries: event 13, playlists, recorded pages, updates.

alter table session add changes jsonb not null default '{}';
comment on column session.changes is 'What Agora accepted since the start by update and updateLayout; a replacement starts with it.';

alter table task
  add error          text,
  add playlist       text,
  add playlist_asked int not null default 0,
  add page_ready_at  timestamptz,
  add page_alive_at  timestamptz;
comment on column task.error is 'What Agora said is fatally wrong with the recorder, a slug.';
comment on column task.playlist is 'The first M3U8 that Agora named, by its key in the bucket.';
comment on column task.playlist_asked is 'How often Agora was asked for the playlist in vain.';

-- The last tasks of an App ID, youngest first: did event 13 come for any of them?
create index task_started on task (app, started_at desc) where started_at is not null;

create table ha_watchdog (
  app           text primary key,
  heard_at      timestamptz,
  registered_at timestamptz,
  tripped_at    timestamptz,
  tripped_by    text check (tripped_by in ('no-event-13', 'no-notifications')),
  check ((tripped_at is null) = (tripped_by is null))
);
comment on table ha_watchdog is 'Per App ID: when Agora was last heard, when event 13 last came, and whether the watchdog gave up.';
