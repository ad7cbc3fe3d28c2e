-- What was last written as a secret of a repository. A host never gives a secret back; where the keyed digest is that of
-- the wanted value, and the host still says that it was last changed when this service wrote it, it is as wanted.
create table written_secrets (
    host text not null,
    -- GitHub's id: a repository of the same name that is another one has another id.
    repository bigint not null,
    -- Which secrets: of Actions, of Dependabot, of an environment, of webhooks.
    scope text not null,
    name text not null,
    digest text not null,
    -- The host's `updated_at` after the write, as it says it.
    updated_at text not null,
    primary key (host, repository, scope, name)
);
