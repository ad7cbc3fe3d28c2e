import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEvents, type StreamMessage } from './events';

async function read(...chunks: (string | Uint8Array)[]): Promise<StreamMessage[]> {
  async function* body() {
    for (const chunk of chunks) yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
  }
  const messages = [];
  for await (const message of readEvents(body())) messages.push(message);
  return messages;
}

test('a message has its type and its data', async () => {
  assert.deepEqual(await read('event: log\ndata: {"id":1}\nid: 1\n\n'), [{ event: 'log', data: '{"id":1}' }]);
});

test('comments are left out', async () => {
  assert.deepEqual(await read(': keep-alive\n\nevent: log\ndata: a\n: more\n\n'), [{ event: 'log', data: 'a' }]);
});

test('a message may come in any pieces, also of a character', async () => {
  const bytes = new TextEncoder().encode('event: log\r\ndata: Ärger 🦀\r\n\r\n');
  for (let cut = 1; cut < bytes.length; cut += 1) {
    assert.deepEqual(await read(bytes.slice(0, cut), bytes.slice(cut)), [{ event: 'log', data: 'Ärger 🦀' }]);
  }
});

test('a message that is not ended does not count', async () => {
  assert.deepEqual(await read('data: whole\n\ndata: half\n'), [{ event: 'message', data: 'whole' }]);
});
