import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseRemoval } from './guard';

const limit = { percent: 25, entities: 10 };
const refused = (held: number, gone: number, empty = false) =>
  refuseRemoval({ held, gone, empty }, limit) !== undefined;

test('a removal has to pass one of the two limits', () => {
  assert.equal(refused(12, 10), false);
  assert.equal(refused(12, 11), true);
  assert.equal(refused(1000, 250), false);
  assert.equal(refused(1000, 251), true);
});

test('an empty set is refused whatever the limits say', () => {
  assert.equal(refused(1, 1, true), true);
  assert.equal(refused(0, 0, true), false);
});

test('a share of 100 percent lets everything pass', () => {
  assert.equal(refuseRemoval({ held: 9, gone: 9, empty: true }, { percent: 100, entities: 0 }), undefined);
});
