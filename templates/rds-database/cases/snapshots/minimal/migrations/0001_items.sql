-- The first migration of orders. Write what the service keeps in its place before it is merged. From then on it
-- is never changed: what was wrong in it is mended by the next file.
create table items (
    id bigint generated always as identity primary key,
    name text not null check (char_length(name) between 1 and 200),
    created_at timestamptz not null default now()
);
