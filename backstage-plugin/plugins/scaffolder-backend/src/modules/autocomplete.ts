import { InputError } from '@backstage/errors';
import type { RequestHandler } from 'express';
import type { AutocompleteHandler } from '@backstage/plugin-scaffolder-node/alpha';
import { z } from 'zod';

const LONGEST_BODY = 1024 * 1024;
const bodySchema = z.object({ token: z.string().min(1), context: z.record(z.string(), z.string()).default({}) });

/**
 * Answers for the providers of choices that modules brought (`/v2/autocomplete/github/branches`); all others are the
 * service's.
 */
export function createAutocomplete(providers: Map<string, AutocompleteHandler>): RequestHandler {
  return async (request, response, next) => {
    const { provider = '', resource = '' } = request.params as { provider?: string; resource?: string };
    const handler = providers.get(provider);
    if (!handler) return next();
    const body = bodySchema.safeParse(await readJson(request));
    if (!body.success) {
      throw new InputError('The body has to be `{"token": "…", "context": {…}}`, with a token that is not empty');
    }
    const { results } = await handler({ resource, ...body.data });
    response.json({ results });
  };
}

async function readJson(request: AsyncIterable<Uint8Array>): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LONGEST_BODY) throw new InputError('The body is too long');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new InputError('The body is not JSON');
  }
}
