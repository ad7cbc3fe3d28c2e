import express, { type RequestHandler } from 'express';
import type { AddressInfo } from 'node:net';

/** What a plugin tells Backstage's permission framework of itself. */
export async function metadataOf(router: RequestHandler): Promise<unknown> {
  const server = express().use(router).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/.well-known/backstage/permissions/metadata`);
    return await answer.json();
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
