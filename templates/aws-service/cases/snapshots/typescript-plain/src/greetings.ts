import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.js';

/** An example to replace: `GET /greetings/{name}`. */
export async function greetingRoutes(app: FastifyInstance): Promise<void> {
  app.get<{ Params: { name: string } }>('/greetings/:name', async (request) => {
    const { name } = request.params;
    if ([...name].length > 100) throw Problem.invalid('a name has at most 100 characters');
    return { message: `Hello, ${name}!` };
  });
}
