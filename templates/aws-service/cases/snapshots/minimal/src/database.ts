import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import pg from 'pg';

/** Connections of one replica. RDS gives some 100 to its smallest instance. */
const CONNECTIONS = 8;
/** How long a request waits for a connection. */
const PATIENCE_MS = 3_000;

/** How connections are protected: not at all, or encrypted and verified by the authorities in a file. */
export type Tls = { mode: 'disable' } | { mode: 'verify-full'; caFile: string };

/** Where the database is, and as whom to ask it. */
export interface Settings {
  host: string;
  port: number;
  name: string;
  user: string;
  /** The file that holds the password. */
  passwordFile: string;
  tls: Tls;
}

/** What a connection is opened with. The password is read at each one, so that a new one is taken. */
export function connection(settings: Settings): pg.ClientConfig {
  const { tls } = settings;
  return {
    host: settings.host,
    port: settings.port,
    database: settings.name,
    user: settings.user,
    password: async () => (await readFile(settings.passwordFile, 'utf8')).trimEnd(),
    ssl: tls.mode === 'verify-full' && { ca: readFileSync(tls.caFile, 'utf8') },
    application_name: 'service',
    connectionTimeoutMillis: PATIENCE_MS,
  };
}

/** Connections that are used again. Nothing connects before somebody asks. */
export class Database {
  private readonly pool: pg.Pool;

  constructor(settings: Settings, broken: (error: Error) => void) {
    this.pool = new pg.Pool({ ...connection(settings), max: CONNECTIONS });
    // One that nobody uses: the next request gets another.
    this.pool.on('error', broken);
  }

  /** The rows that a statement gives. */
  async query<Row extends pg.QueryResultRow>(
    statement: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    return (await this.pool.query<Row>(statement, values)).rows;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.pool.end();
  }
}
