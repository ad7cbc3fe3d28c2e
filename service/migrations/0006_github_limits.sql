-- GitHub's limits, kept together by all processes.

-- One row for each account that GitHub counts: a host and an installation, or the user of a token. Changing it locks
-- it, which puts the decisions of all processes about that account in one order.
create table github_accounts (
    account text primary key,
    -- GitHub said to wait: nobody asks before.
    paused_until bigint not null default 0,
    -- Limits that were met one after the other, with nothing done in between.
    strikes bigint not null default 0,
    -- After a limit one request goes alone to see whether it is over; up to then nobody else does.
    trial_until bigint not null default 0,
    touched_at bigint not null
);

-- Requests that change something: those that wait, in the order of their numbers, and those of the last hour.
create table github_writes (
    seq @identity,
    account text not null references github_accounts (account) on delete cascade,
    -- When GitHub counted it at the latest: its answer, or for one under way the end of the time it may take. Null
    -- while it waits.
    counted_until bigint,
    -- When whoever waits last looked; one that does not look any more has lost its place.
    looked_at bigint not null
);
create index github_writes_by_time on github_writes (account, counted_until);
