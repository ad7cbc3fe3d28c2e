-- Repositories whose entities this service makes, and the owners all of whose repositories it looks after.

create table repositories (
    -- `host/owner/name` in lower case.
    repository text primary key,
    -- `host/owner` in lower case.
    owner text not null,
    -- The name as its host writes it.
    shown text not null,
    -- What is done with what is found: `feed`, `pull-request` or `none`.
    delivery text not null,
    -- `waiting`, `offered`, `yielded`, `empty`, `failed`, `kept`, `lost` or `gone`.
    state text not null,
    -- The state in a sentence for people; empty where there is nothing to say.
    note text not null,
    -- The commit that was read, and what its host said of the repository then; null: not read yet.
    commit_id text,
    stamp text,
    -- Digest of all that the entities follow from.
    input text,
    -- JSON: what was left to others, what was left out, values with their reasons.
    details text,
    -- JSON: the pull request with the catalog file.
    pull text,
    -- Number of the claim by which this was written; an older one writes nothing.
    fence bigint not null default 0,
    read_at bigint,
    -- When the state became what it is.
    changed_at bigint not null
);
create index repositories_by_owner on repositories (owner, repository);

-- What is made of a repository. Of several that make one reference, the first keeps it.
create table repository_entities (
    entity_ref text not null,
    repository text not null references repositories (repository) on delete cascade,
    entity text not null,
    since bigint not null,
    primary key (entity_ref, repository)
);
create index repository_entities_by_repository on repository_entities (repository);

-- Owners all of whose repositories are looked after.
create table repository_owners (
    -- `host/owner` in lower case.
    owner text primary key,
    shown text not null,
    delivery text not null,
    -- `settings` or `caller`
    named_by text not null,
    -- Why the last look at all of them changed less than it found; empty when it did not.
    note text not null,
    looked_at bigint
);

-- One row: which process looks at everything from time to time, and when it did last.
create table repository_watch (
    id bigint primary key,
    holder text not null,
    until_ms bigint not null,
    done_at bigint not null
);
insert into repository_watch (id, holder, until_ms, done_at) values (1, '', 0, 0);
