-- What GitHub delivers, and what is to be done about it.

-- A delivery as it came, until it has been planned. The number is the order in which they were stored.
create table deliveries (
    seq @identity,
    -- `x-github-delivery`: the same when GitHub delivers again.
    id text not null unique,
    -- The forge whose secret it was signed with.
    host text not null,
    event text not null,
    action text,
    -- `github`, `backstage` or `replay`: by which way it came last.
    source text not null,
    -- What it is about, as far as it was read: `owner/name` or `owner`.
    about text,
    -- `received`, `planned`, `ignored` or `failed`
    state text not null,
    -- Why it was ignored, or why it failed.
    reason text,
    -- The changes that were planned, JSON: enough to do them once more.
    changes text,
    -- What came; dropped when it is planned, kept when that failed.
    payload @bytes,
    -- How many bytes came.
    size bigint not null,
    -- How often the same one came again.
    repeats bigint not null default 0,
    received_at bigint not null,
    planned_at bigint
);
create index deliveries_waiting on deliveries (seq) where state = 'received';
create index deliveries_by_age on deliveries (received_at);
create index deliveries_by_state on deliveries (state, seq);

-- One row. Planning locks it, so that deliveries are planned in the order of their numbers, by one process at a time;
-- and one process at a time asks GitHub for what it could not deliver.
create table delivery_clock (
    id bigint primary key,
    -- Number of the last one that was planned.
    planned bigint not null
);
insert into delivery_clock (id, planned) values (1, 0);

-- Up to where GitHub's own list of deliveries was looked through, for each host.
create table delivery_checks (
    host text primary key,
    checked_at bigint not null,
    -- Nobody else looks before.
    next_at bigint not null
);

-- What happened to repositories, until the `catalog` job about them has seen to it. A job is only a subject; these rows
-- say what is to be done about it, in the order of their numbers.
create table catalog_changes (
    seq @identity,
    -- The subject of the job: `host/owner/name`, or `host/owner`, in small letters.
    subject text not null,
    -- Of two changes of one sort the later one holds.
    sort text not null,
    -- `catalog::Change`, JSON.
    change text not null,
    created_at bigint not null,
    unique (subject, sort)
);
