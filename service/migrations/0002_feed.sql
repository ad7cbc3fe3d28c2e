-- The catalog feed: what changed, for whoever follows it.

-- One row. Taking numbers locks it, so changes are committed in the order of their numbers.
create table feed_clock (
    id bigint primary key,
    -- Made with the database: a cursor of another one is not taken for one of this.
    epoch text not null,
    -- Number of the last change.
    seq bigint not null,
    -- Number of the newest removal that is no longer kept.
    forgotten bigint not null
);
insert into feed_clock (id, epoch, seq, forgotten) values (1, @random, 0, 0);

-- What is offered, one row for each reference; its number is that of its last change.
create table feed (
    entity_ref text primary key,
    seq bigint not null unique,
    -- Null: it was removed.
    entity text,
    changed_at bigint not null
);
create index feed_removals on feed (changed_at) where entity is null;

-- The library's templates as they were last good, so that what is offered does not hang on one process.
create table library_entities (
    entity_ref text primary key,
    -- The entry of `templates.sources` that it came from.
    source text not null,
    entity text not null
);

-- One row: which process brings the library's templates here and tells Backstage, and up to when.
create table feed_publisher (
    id bigint primary key,
    holder text not null,
    until_ms bigint not null,
    -- Number up to which Backstage was told.
    told bigint not null
);
insert into feed_publisher (id, holder, until_ms, told) values (1, '', 0, 0);
