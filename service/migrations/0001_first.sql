-- The first schema. One text for SQLite and PostgreSQL: times are integer milliseconds UTC, JSON is text,
-- sealed values are bytes; `@identity` and `@bytes` stand for what the engines write differently.

-- A task as it may be served: nothing secret stands in this table.
create table tasks (
    id text primary key,
    spec text not null,
    -- What the task's files are read from (`template::Pin`), null where it has none.
    pin text,
    status text not null,
    created_by text,
    created_at bigint not null,
    ended_at bigint
);
create index tasks_by_age on tasks (created_at);
create index tasks_by_owner on tasks (created_by, created_at);

-- The moving part of a task. `fence` is the number of the lease that may write; `last_event` counts its
-- events. Both stand in one row, so that a fenced write and its event number are one statement.
create table task_runs (
    task_id text primary key references tasks (id) on delete cascade,
    fence bigint not null default 0,
    attempt bigint not null default 1,
    last_event bigint not null default 0,
    cancel_requested bigint not null default 0,
    heartbeat_at bigint
);

-- `event_key` is the same whenever a run is repeated, so that no event is written twice.
create table task_events (
    task_id text not null references tasks (id) on delete cascade,
    id bigint not null,
    event_key text not null,
    kind text not null,
    body text not null,
    created_at bigint not null,
    -- Set on the end of an attempt when the task is retried.
    hidden bigint not null default 0,
    primary key (task_id, id),
    unique (task_id, event_key)
);

-- Sealed with the key of the service and bound to their row; dropped when the task ends.
create table task_secrets (
    task_id text primary key references tasks (id) on delete cascade,
    sealed @bytes not null
);

-- What a task has read and done outside, sealed.
create table task_journal (
    task_id text not null references tasks (id) on delete cascade,
    step text not null,
    entry_key text not null,
    -- `read` or `effect`
    kind text not null,
    attempt bigint not null,
    sealed @bytes not null,
    primary key (task_id, step, entry_key)
);

create table jobs (
    seq @identity,
    kind text not null,
    subject text not null,
    -- `ready`, `leased`, `done` or `dead`
    state text not null,
    attempts bigint not null default 0,
    -- Number of the claim that holds the lease; grows over all jobs.
    fence bigint not null default 0,
    lease_owner text,
    lease_until bigint,
    claimed_at bigint,
    created_at bigint not null,
    unique (kind, subject)
);
create index jobs_waiting on jobs (kind, seq) where state in ('ready', 'leased');

-- One row. Taking the next claim number locks it, which puts claims of all processes in one order.
create table queue_clock (
    id bigint primary key,
    fence bigint not null
);
insert into queue_clock (id, fence) values (1, 0);

-- Registered locations and the entities that were read from them.
create table locations (
    location text primary key,
    -- The task that registered it.
    owner text not null,
    created_at bigint not null
);
create table entities (
    entity_ref text primary key,
    location text not null references locations (location) on delete cascade,
    entity text not null,
    updated_at bigint not null
);
