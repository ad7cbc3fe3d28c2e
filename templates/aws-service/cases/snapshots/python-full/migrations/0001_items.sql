create table items (
    id bigint generated always as identity primary key,
    name text not null check (char_length(name) between 1 and 200),
    created_at timestamptz not null default now()
);
