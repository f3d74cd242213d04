/** The tables. Never edited once released: what changes is another file, with the next number. */
export const tables = (schema: string): string => `
create table ${schema}.orders (
  id text primary key,
  terms jsonb not null,
  schedule jsonb not null,
  status text not null,
  watched boolean not null,
  fulfilled_by text,
  capture_asked_for text,
  watched_at timestamptz not null default now(),
  changed_at timestamptz not null default now()
);
create index orders_by_time on ${schema}.orders (watched_at desc, id desc);

-- Where a payment can be looked up, and when it is next. One that no order claims yet is kept as well.
create table ${schema}.handles (
  provider text not null,
  kind text not null check (kind in ('id', 'reference')),
  value text not null,
  order_id text,
  watched boolean not null default false,
  due_at timestamptz,
  planned_for timestamptz,
  reserved boolean not null default false,
  turn int not null default 0,
  aftercare int not null default 0,
  faults int not null default 0,
  doubt text,
  doubted_at timestamptz,
  doubt_turn int not null default 0,
  made_at timestamptz not null default now(),
  primary key (provider, kind, value)
);
create index handles_by_order on ${schema}.handles (order_id) where order_id is not null;
create index handles_by_due on ${schema}.handles (due_at) where due_at is not null;
create index handles_in_doubt on ${schema}.handles (doubted_at) where doubt is not null;

create table ${schema}.payments (
  provider text not null,
  id text not null,
  order_id text,
  reference text,
  version int not null,
  report jsonb not null,
  status text not null,
  step jsonb,
  repeated_looks int not null default 0,
  paid_at timestamptz,
  heard_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  compared_at timestamptz,
  primary key (provider, id)
);
create index payments_by_order on ${schema}.payments (order_id) where order_id is not null;
create index payments_unclaimed on ${schema}.payments (provider, reference) where order_id is null;

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
  heard_at timestamptz not null default now()
);
-- The claim of a webhook is its evidence.
create unique index evidence_claims on ${schema}.evidence (provider, event_id) where event_id is not null;
create index evidence_by_payment on ${schema}.evidence (provider, payment_id, seq);

create function ${schema}.keep_evidence() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('payment_status.expunging', true) = 'yes' then
    return old;
  end if;
  raise exception 'evidence is append-only';
end $$;
create trigger evidence_is_kept before update or delete on ${schema}.evidence
  for each row execute function ${schema}.keep_evidence();

-- What waits to be handed to the shop, and what was. A lane is handed over in order; without one it is kept.
create table ${schema}.outbox (
  id bigint generated always as identity primary key,
  lane text,
  kind text not null check (kind in ('change', 'dispute', 'task', 'reconciliation')),
  key text not null unique,
  order_id text,
  provider text,
  payment_id text,
  version int,
  body jsonb,
  step jsonb,
  attempts int not null default 0,
  due_at timestamptz not null default now(),
  leased_until timestamptz,
  created_at timestamptz not null default now(),
  handed_at timestamptz
);
create index outbox_waiting on ${schema}.outbox (lane, id) where handed_at is null;
create index outbox_by_payment on ${schema}.outbox (provider, payment_id, version);

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
create index tasks_open on ${schema}.tasks (order_id) where closed_at is null;

-- What all workers know of a provider: until when it is left alone, and when the next look may start.
create table ${schema}.pauses (
  provider text primary key,
  until timestamptz,
  faults int not null default 0,
  slot_at timestamptz not null default now()
);

create table ${schema}.vouchers (
  provider text not null,
  payment_id text not null,
  succeeded_at timestamptz not null,
  due_at timestamptz,
  kept_at timestamptz,
  primary key (provider, payment_id)
);
create index vouchers_due on ${schema}.vouchers (due_at) where due_at is not null;

create table ${schema}.reconciliations (
  provider text not null,
  day text not null,
  result jsonb not null,
  compared_at timestamptz not null default now(),
  primary key (provider, day)
);
`
