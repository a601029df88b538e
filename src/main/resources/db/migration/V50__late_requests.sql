alter table quota_pace add column booked bigint not null default 0;

comment on column quota_pace.booked is 'Slots booked so far; each has the number that this was before it.';

create table quota_late (
  app        text        not null,
  place      integer     not null,
  slot       bigint      not null,
  not_before timestamptz not null,
  primary key (app, place)
)
-- written over and over, ten rows at Agora's usual limit
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

comment on table quota_late is
  'Requests that left late: slots from this number on are not before this time, so that no second holds one too many. A ring with as many places as requests may leave in a second.';
