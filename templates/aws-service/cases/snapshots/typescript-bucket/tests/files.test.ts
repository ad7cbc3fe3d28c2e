import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { filesInBucket } from '../src/files.js';

test('files are kept in the bucket, and what is not there is told from what fails', async (t) => {
  const kept = new Map<string, Buffer>();
  const bucket = createServer(async (request, response) => {
    const key = request.url?.split('?', 1)[0] ?? '';
    if (request.method === 'PUT') {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      kept.set(key, Buffer.concat(parts));
      response.end();
    } else if (kept.has(key)) {
      response.end(kept.get(key));
    } else {
      const code = key.includes('secret') ? 'AccessDenied' : 'NoSuchKey';
      response.statusCode = code === 'NoSuchKey' ? 404 : 403;
      response.end(`<Error><Code>${code}</Code><Message>no</Message></Error>`);
    }
  });
  bucket.listen(0, '127.0.0.1');
  await once(bucket, 'listening');
  t.after(() => bucket.close());
  process.env.AWS_ACCESS_KEY_ID = 'nobody';
  process.env.AWS_SECRET_ACCESS_KEY = 'nothing';
  process.env.AWS_REGION = 'eu-central-1';
  const { port } = bucket.address() as AddressInfo;
  const files = filesInBucket('shelf', `http://127.0.0.1:${port}`);

  await files.write('report.txt', Buffer.from('a few bytes'));

  assert.deepEqual([...kept.keys()], ['/shelf/report.txt']);
  assert.equal(Buffer.from((await files.read('report.txt')) ?? []).toString(), 'a few bytes');
  assert.equal(await files.read('missing.txt'), undefined);
  await assert.rejects(files.read('secret.txt'), /does not answer/);
});
