-- Key pairs by which other services know this one. The private half is sealed with the key of the service and bound
-- to its row.
create table service_keys (
    kid text primary key,
    -- The public half, as a JSON Web Key.
    public_key text not null,
    sealed @bytes not null,
    created_at bigint not null
);
