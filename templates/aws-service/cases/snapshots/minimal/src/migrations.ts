import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { connection, type Settings } from './database.js';

/** The folder beside `dist/`. A file that was released is never changed; add another. */
const FOLDER = new URL('../../migrations/', import.meta.url);

/** A number that no other program that uses this database locks. */
const LOCK = '7305814219';

/**
 * Brings the database to what the service needs: the files of `migrations/`, in their order, each
 * once. Several replicas may do it at the same time; one does it, the others wait.
 */
export async function migrate(settings: Settings, done: (name: string) => void): Promise<void> {
  const client = new pg.Client(connection(settings));
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(
      `create table if not exists schema_migrations (
         name text primary key,
         applied_at timestamptz not null default now()
       )`,
    );
    const { rows } = await client.query<{ name: string }>('select name from schema_migrations');
    const applied = new Set(rows.map((row) => row.name));
    const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
    for (const name of files.filter((name) => !applied.has(name))) {
      await apply(client, name, await readFile(new URL(name, FOLDER), 'utf8'));
      done(name);
    }
  } finally {
    // The lock ends with the connection.
    await client.end();
  }
}

async function apply(client: pg.Client, name: string, statements: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(statements);
    await client.query('insert into schema_migrations (name) values ($1)', [name]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`migration \`${name}\` failed, and was undone: ${why}`, { cause });
  }
}
