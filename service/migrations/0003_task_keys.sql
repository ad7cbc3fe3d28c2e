-- A caller's own name for a request to create a task: the same request, sent twice, creates one task.
create table task_keys (
    -- Whose key it is: two callers may use the same one.
    caller text not null,
    request_key text not null,
    task_id text not null references tasks (id) on delete cascade,
    primary key (caller, request_key)
);
create index task_keys_by_task on task_keys (task_id);
