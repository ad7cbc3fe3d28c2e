import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import tls from 'node:tls';
import selfsigned from 'selfsigned';
import { forward } from './forward';

test('a service behind TLS has to be who it says', async () => {
  const names = [{ type: 7, ip: '127.0.0.1' }];
  const { cert, private: key } = selfsigned.generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: names }],
  });
  const server = createServer({ cert, key }, (request, response) => void response.end(request.url));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { signal } = new AbortController();
  const request = { method: 'GET', path: '/api/x', headers: {}, signal };

  await assert.rejects(forward(baseUrl, request), {
    name: 'ServiceUnavailableError',
    message: /self-signed certificate/,
  });

  const trusted = tls.getCACertificates();
  tls.setDefaultCACertificates([...trusted, cert]);
  const answer = await forward(baseUrl, request);
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.body.toArray(), [Buffer.from('/api/x')]);
  tls.setDefaultCACertificates(trusted);
  server.close();
  server.closeAllConnections();
});
