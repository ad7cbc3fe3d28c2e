import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_PORT, readConfig } from '../src/config.js';

/** What has to be set. */
const complete: Record<string, string> = {
  DATABASE_HOST: 'db.example.com',
  DATABASE_NAME: 'orders',
  DATABASE_USER: 'orders',
  DATABASE_PASSWORD_FILE: '/run/secrets/password',
  DATABASE_CA_FILE: '/etc/ssl/ca.pem',
  BUCKET_NAME: 'files',
};

test('the port has a default and can be set', () => {
  assert.equal(readConfig(complete).port, DEFAULT_PORT);
  assert.equal(readConfig({ ...complete, PORT: '4321' }).port, 4321);
});

test('a wrong port is refused by name', () => {
  for (const wrong of ['', 'http', '-1', '65536', '8080.5']) {
    assert.throws(() => readConfig({ ...complete, PORT: wrong }), /`PORT`/);
  }
});

test('an unknown log level is refused by name', () => {
  assert.throws(() => readConfig({ ...complete, LOG_LEVEL: 'loud' }), /`LOG_LEVEL`.*loud/);
});

test('what is missing is named', () => {
  for (const name of Object.keys(complete)) {
    for (const missing of [undefined, '']) {
      assert.throws(() => readConfig({ ...complete, [name]: missing }), new RegExp(`\`${name}\``));
    }
  }
});

test('connections are encrypted and verified unless said otherwise', () => {
  const tls = (mode?: string) =>
    readConfig({ ...complete, DATABASE_SSLMODE: mode }).database.tls.mode;

  assert.equal(tls(), 'verify-full');
  assert.equal(tls('disable'), 'disable');
  assert.throws(() => tls('prefer'), /prefer/);
});
