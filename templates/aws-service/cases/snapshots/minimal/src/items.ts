import type { FastifyInstance } from 'fastify';
import type { Database } from './database.js';
import { Problem } from './problem.js';

interface Item {
  id: string;
  name: string;
  created_at: Date;
}

/** An item as it is answered: the time as RFC 3339 has it, to the second. */
function shown(item: Item) {
  const created_at = item.created_at.toISOString().replace(/\.\d+Z$/, 'Z');
  return { id: Number(item.id), name: item.name, created_at };
}

const newItem = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[^\\u0000]*$' } },
} as const;

/** An example to replace: items, kept in the database. */
export async function itemRoutes(
  app: FastifyInstance,
  { database }: { database: Database },
): Promise<void> {
  /** The newest hundred. */
  app.get('/items', async () => {
    const statement = 'select id, name, created_at from items order by id desc limit 100';
    return (await database.query<Item>(statement)).map(shown);
  });

  app.post<{ Body: { name: string } }>(
    '/items',
    { schema: { body: newItem } },
    async (request, reply) => {
      const statement = 'insert into items (name) values ($1) returning id, name, created_at';
      const [item] = await database.query<Item>(statement, [request.body.name]);
      if (item === undefined) throw new Error('the database gave no row back');
      return reply.code(201).send(shown(item));
    },
  );

  app.get<{ Params: { id: string } }>('/items/:id', async (request) => {
    const { id } = request.params;
    // What is no number is the id of nothing.
    if (!/^\d{1,18}$/.test(id)) throw Problem.notFound();
    const statement = 'select id, name, created_at from items where id = $1';
    const [item] = await database.query<Item>(statement, [id]);
    if (item === undefined) throw Problem.notFound();
    return shown(item);
  });
}
