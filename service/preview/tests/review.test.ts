import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../src/api.ts';
import { review } from '../src/review.ts';

const pages = (properties: { [name: string]: Json }) => [{ title: 'Page', schema: { properties } }];

test('values stand under their titles, in words', () => {
  const rows = review(
    pages({
      name: { title: 'Name' },
      on: { type: 'boolean' },
      tags: { type: 'array' },
      size: { enum: ['s', 'l'], enumNames: ['Small', 'Large'] },
    }),
    { name: 'orders', on: true, tags: ['a', 'b'], size: 'l' },
  );

  assert.deepEqual(rows, [
    { name: 'Name', value: 'orders' },
    { name: 'on', value: 'Yes' },
    { name: 'tags', value: 'a, b' },
    { name: 'size', value: 'Large' },
  ]);
});

test('a value is hidden or masked as the template says', () => {
  const rows = review(
    pages({
      hidden: { 'ui:backstage': { review: { show: false } } },
      masked: { title: 'Key', 'ui:backstage': { review: { mask: '<key>' } } },
      password: { 'ui:widget': 'password' },
      token: { 'ui:field': 'Secret' },
    }),
    { hidden: 'h', masked: 'm', password: 'p', token: '***' },
  );

  assert.deepEqual(rows, [
    { name: 'Key', value: '<key>' },
    { name: 'password', value: '******' },
    { name: 'token', value: '******' },
  ]);
});

test('an object is taken apart unless the template says otherwise', () => {
  const properties = { inner: { title: 'Inner', type: 'string' } };
  const values = { a: { inner: 'x' }, b: { inner: 'y' } };

  const rows = review(
    pages({ a: { properties }, b: { title: 'B', properties, 'ui:backstage': { review: { explode: false } } } }),
    values,
  );

  assert.deepEqual(rows, [{ name: 'a › Inner', value: 'x' }, { name: 'B', value: '{"inner":"y"}' }]);
});

test('a mask under a condition holds', () => {
  const schema = {
    properties: { kind: { type: 'string' } },
    dependencies: { kind: { oneOf: [{ properties: { key: { 'ui:backstage': { review: { mask: '…' } } } } }] } },
  };

  assert.deepEqual(review([{ title: 'Page', schema }], { key: 'secret' }), [{ name: 'key', value: '…' }]);
});
