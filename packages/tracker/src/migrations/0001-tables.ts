/** Storage parameters of tables that grow, and whose rows are updated or purged. */
const keptSmall = `autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 1000`

/** The tables. Never edited once released: a later change is another file, with the next number. */
export const tables = (schema: string): string => `
-- One order, one writer. Every writer of an order, its payments or its targets locks this row or writes it first, and
-- adds one to its revision; what was decided on an older revision is not written, but decided again. A payment that no
-- order claims yet is written in the same way under the revision of the targets that lead to it.
create table ${schema}.orders (
  id text primary key,
  revision bigint not null default 0,
  terms jsonb not null,
  not_before timestamptz not null,
  schedule jsonb not null,
  status text not null,
  state text not null,
  watched boolean not null,
  step jsonb,
  fulfilled_by text,
  capture_requested_for text,
  watched_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  undecided_at timestamptz
);
create index orders_by_time on ${schema}.orders (watched_at desc, id desc);
create index orders_by_id on ${schema}.orders (id text_pattern_ops);
create index orders_by_status on ${schema}.orders (status, watched_at desc, id desc);
create index orders_by_state on ${schema}.orders (state, watched_at desc, id desc);
create index orders_by_amount on ${schema}.orders ((terms -> 'expected' -> 'amount'), watched_at desc, id desc);
create index orders_ended on ${schema}.orders (changed_at) where state <> 'waiting';
create index orders_undecided on ${schema}.orders (undecided_at) where undecided_at is not null;

-- Where a payment can be looked up, and when next: due_at is the only record of it. A worker that takes a poll moves
-- due_at to the end of its lease. A target that no order claims yet is kept as well.
create table ${schema}.targets (
  provider text not null,
  kind text not null check (kind in ('id', 'reference')),
  value text not null,
  revision bigint not null default 1,
  order_id text,
  payment_id text,
  watched boolean not null default false,
  due_at timestamptz,
  leased_until timestamptz,
  priority int not null default 0,
  turn int not null default 0,
  follow_up int not null default 0,
  failures int not null default 0,
  answered boolean not null default false,
  recheck text,
  recheck_since timestamptz,
  recheck_turn int not null default 0,
  disputes jsonb,
  created_at timestamptz not null default now(),
  primary key (provider, kind, value)
);
create index targets_by_order on ${schema}.targets (order_id) where order_id is not null;
create index targets_by_value on ${schema}.targets (value text_pattern_ops);
create index targets_due on ${schema}.targets (provider, priority, due_at) where due_at is not null;
create index targets_leased on ${schema}.targets (provider, leased_until) where leased_until is not null;
create index targets_unclaimed on ${schema}.targets (created_at) where order_id is null and payment_id is null;

-- The providers of each order, newest orders first: one page of a provider with few orders must not read those of all.
create table ${schema}.order_providers (
  provider text not null,
  watched_at timestamptz not null,
  order_id text not null,
  primary key (order_id, provider)
);
create index order_providers_by_time on ${schema}.order_providers (provider, watched_at, order_id);

create table ${schema}.payments (
  provider text not null,
  id text not null,
  order_id text,
  reference text,
  version int not null,
  report jsonb not null,
  status text not null,
  repeated_polls int not null default 0,
  paid_at timestamptz,
  unmatched_since timestamptz,
  made_at timestamptz,
  received_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  primary key (provider, id)
);
create index payments_by_order on ${schema}.payments (order_id) where order_id is not null;
create index payments_by_id on ${schema}.payments (id text_pattern_ops);
create index payments_by_reference on ${schema}.payments (reference text_pattern_ops) where reference is not null;
create index payments_by_day on ${schema}.payments (provider, made_at, id);
create index payments_unclaimed on ${schema}.payments (changed_at) where order_id is null;
create index payments_unmatched on ${schema}.payments (unmatched_since, provider, id) where unmatched_since is not null;

-- Payments by the day they were first received, by status, and by whether they are money without an order. A writer
-- inserts what it changes, and the sweep adds it up: at one row for a day, all webhooks would wait for each other.
create table ${schema}.day_counts (
  day date not null,
  status text not null,
  is_unmatched boolean not null,
  count int not null,
  primary key (day, status, is_unmatched)
);
create table ${schema}.day_changes (
  day date not null,
  status text not null,
  is_unmatched boolean not null,
  change int not null
);

create function ${schema}.count_payment() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    insert into ${schema}.day_changes
    values ((old.received_at at time zone 'utc')::date, old.status, old.unmatched_since is not null, -1);
  end if;
  if tg_op <> 'DELETE' then
    insert into ${schema}.day_changes
    values ((new.received_at at time zone 'utc')::date, new.status, new.unmatched_since is not null, 1);
  end if;
  return null;
end $$;
create trigger payments_come_and_go after insert or delete on ${schema}.payments
  for each row execute function ${schema}.count_payment();
create trigger payments_change after update on ${schema}.payments
  for each row when (old.status <> new.status or (old.unmatched_since is null) <> (new.unmatched_since is null))
  execute function ${schema}.count_payment();

create table ${schema}.evidence (
  seq bigint generated always as identity primary key,
  provider text not null,
  payment_id text,
  kind text not null,
  event_id text,
  type text,
  content jsonb not null,
  outcome text,
  version int,
  delay_ms float8,
  received_at timestamptz not null default now()
);
-- A stored webhook is the claim of its event id.
create unique index evidence_claims on ${schema}.evidence (provider, event_id) where event_id is not null;
create index evidence_by_payment on ${schema}.evidence (provider, payment_id, seq);
create index evidence_of_no_payment on ${schema}.evidence (received_at) where payment_id is null;
create index evidence_delays on ${schema}.evidence (received_at, provider, delay_ms) where delay_ms is not null;

create function ${schema}.keep_evidence() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('payment_status.purging', true) = 'yes' then
    return old;
  end if;
  raise exception 'evidence is append-only';
end $$;
create trigger evidence_is_kept before update or delete on ${schema}.evidence
  for each row execute function ${schema}.keep_evidence();

-- What waits to be delivered to the shop, and what was delivered. A stream is delivered in order; a row without a stream
-- waits for its order to be watched. due_at is the only record of when to try; a worker that takes a row moves it to the
-- end of its lease, and counts the attempt before it calls the handler.
create table ${schema}.outbox (
  id bigint generated always as identity primary key,
  stream_key text,
  kind text not null check (kind in ('change', 'dispute', 'task', 'reconciliation', 'unmatched')),
  key text not null unique,
  change_id uuid not null default gen_random_uuid(),
  order_id text,
  provider text,
  payment_id text,
  version int,
  body jsonb,
  step jsonb,
  attempts int not null default 0,
  due_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  delivered_at timestamptz
);
create index outbox_streams on ${schema}.outbox (stream_key, id) where delivered_at is null and stream_key is not null;
create index outbox_due on ${schema}.outbox (due_at, id) where delivered_at is null and stream_key is not null;
create index outbox_failing on ${schema}.outbox (stream_key)
  where delivered_at is null and stream_key is not null and attempts > 1;
create index outbox_by_order on ${schema}.outbox (order_id) where order_id is not null;
create index outbox_of_no_order on ${schema}.outbox (created_at) where order_id is null;
create index outbox_unclaimed on ${schema}.outbox (provider, payment_id) where order_id is null;

create table ${schema}.tasks (
  key text primary key,
  kind text not null,
  order_id text,
  provider text,
  payment_id text,
  why text,
  opened_at timestamptz not null default now(),
  closed_at timestamptz
);
create index tasks_open on ${schema}.tasks (opened_at, key) where closed_at is null;
create index tasks_unreadable on ${schema}.tasks (opened_at) where closed_at is null and kind = 'unreadable';
create index tasks_open_by_order on ${schema}.tasks (order_id) where closed_at is null and order_id is not null;
create index tasks_by_order on ${schema}.tasks (order_id) where order_id is not null;
create index tasks_by_payment on ${schema}.tasks (provider, payment_id) where closed_at is null;

-- What all workers know of a provider: until when it is not asked, and when the next request may start.
create table ${schema}.providers (
  provider text primary key,
  paused_until timestamptz,
  failures int not null default 0,
  slot_at timestamptz not null default now()
);

create table ${schema}.receipts (
  provider text not null,
  payment_id text not null,
  succeeded_at timestamptz not null,
  due_at timestamptz,
  kept_at timestamptz,
  primary key (provider, payment_id)
);
create index receipts_due on ${schema}.receipts (due_at) where due_at is not null;

create table ${schema}.reconciliations (
  provider text not null,
  day text not null,
  result jsonb,
  compared_at timestamptz,
  primary key (provider, day)
);

-- A comparison that is under way: which part it has come to, and who works on it until when.
create table ${schema}.comparisons (
  provider text not null,
  day text not null,
  part text not null,
  position text not null default '',
  state jsonb not null default '{}',
  attempts int not null default 0,
  leased_until timestamptz,
  -- No worker has it: it waits until leased_until after a failure.
  is_put_off boolean not null default false,
  started_at timestamptz not null default now(),
  primary key (provider, day)
);
create table ${schema}.listed (
  provider text not null,
  day text not null,
  id text not null,
  report jsonb not null,
  confirmed boolean not null default false,
  primary key (provider, day, id)
);

-- Counts of what waits, as the last sweep found them.
create table ${schema}.counts (
  name text primary key,
  count int not null
);

-- When each kind of upkeep ran last, and which workers were seen.
create table ${schema}.heartbeats (
  name text primary key,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);

-- Rows that are written again and again are cleaned up long before a fifth of a table is dead, which is the default. Free
-- space in the pages lets a row be written again without its indexes, where no indexed column changes.
alter table ${schema}.orders set (fillfactor = 90, ${keptSmall});
alter table ${schema}.targets set (fillfactor = 90, ${keptSmall});
alter table ${schema}.payments set (fillfactor = 90, ${keptSmall});
alter table ${schema}.outbox set (${keptSmall});
alter table ${schema}.evidence set (${keptSmall}, autovacuum_vacuum_insert_scale_factor = 0.05);
alter table ${schema}.day_changes set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table ${schema}.providers set (fillfactor = 50);
alter table ${schema}.heartbeats set (fillfactor = 50);
alter table ${schema}.counts set (fillfactor = 50);
alter table ${schema}.day_counts set (fillfactor = 50);
`
