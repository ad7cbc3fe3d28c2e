import { ConfigReader } from '@backstage/config';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readStagecraftConfig } from './config';

const read = (stagecraft: { [key: string]: string }) => readStagecraftConfig(new ConfigReader({ stagecraft }));

test('the address loses the slashes at its end, and keeps its path', () => {
  assert.equal(read({ baseUrl: 'http://localhost:7008/' }).baseUrl, 'http://localhost:7008');
  assert.equal(read({ baseUrl: 'https://acme.io/stagecraft//' }).baseUrl, 'https://acme.io/stagecraft');
});

test('a token of spaces is none', () => {
  assert.equal(read({ baseUrl: 'http://localhost:7008', token: ' ' }).token, undefined);
  assert.equal(read({ baseUrl: 'http://localhost:7008', token: 'secret-1\n' }).token, 'secret-1');
});

test('what is no address of the service is refused', () => {
  for (const baseUrl of [
    'localhost:7008',
    'not an address',
    'ftp://localhost',
    'http://user:pass@localhost',
    'http://localhost:7008/api/scaffolder',
    'http://localhost:7008?x=1',
  ]) {
    assert.throws(() => read({ baseUrl }), /`stagecraft.baseUrl`/, baseUrl);
  }
});
