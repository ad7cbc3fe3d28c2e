import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldNames, split } from '../src/schema.ts';

test('settings of a value stand under its name', () => {
  const { schema, uiSchema } = split({
    title: 'Page',
    description: 'About it',
    'ui:order': ['b', '*'],
    properties: { a: { type: 'string', 'ui:widget': 'password', 'ui:help': 'Long' }, b: { type: 'number' } },
  });

  assert.deepEqual(schema, { properties: { a: { type: 'string' }, b: { type: 'number' } } });
  assert.deepEqual(uiSchema, {
    'ui:order': ['b', '*'],
    a: { 'ui:widget': 'password', 'ui:help': 'Long' },
    b: {},
  });
});

test('the schema that was given stays as it is', () => {
  const given = { properties: { a: { type: 'string', 'ui:field': 'EntityPicker' } } };
  const before = structuredClone(given);

  split(given);

  assert.deepEqual(given, before);
});

test('settings in dependencies and conditions belong to the same object', () => {
  const { schema, uiSchema } = split({
    properties: { kind: { type: 'string' } },
    dependencies: {
      kind: { oneOf: [{ properties: { kind: { enum: ['x'] }, x: { type: 'string', 'ui:widget': 'textarea' } } }] },
    },
    allOf: [{ if: {}, then: { properties: { y: { type: 'string', 'ui:disabled': true } } } }],
  });

  assert.deepEqual(uiSchema, { kind: {}, x: { 'ui:widget': 'textarea' }, y: { 'ui:disabled': true } });
  assert.ok(!JSON.stringify(schema).includes('ui:'));
});

test('settings of list items stand under items', () => {
  const { uiSchema } = split({
    properties: { list: { type: 'array', items: { type: 'object', properties: { a: { 'ui:field': 'OwnerPicker' } } } } },
  });

  assert.deepEqual(uiSchema, { list: { items: { a: { 'ui:field': 'OwnerPicker' } } } });
});

test('names of choices become a setting', () => {
  const { schema, uiSchema } = split({
    properties: { size: { type: 'string', enum: ['s', 'l'], enumNames: ['Small', 'Large'] } },
  });

  assert.deepEqual(schema, { properties: { size: { type: 'string', enum: ['s', 'l'] } } });
  assert.deepEqual(uiSchema, { size: { 'ui:enumNames': ['Small', 'Large'] } });
});

test('settings in a definition hold where it is used, also when it uses itself', () => {
  const { uiSchema } = split({
    definitions: {
      node: { type: 'object', 'ui:help': 'A node', properties: { next: { $ref: '#/definitions/node' } } },
    },
    properties: { first: { $ref: '#/definitions/node' } },
  });

  assert.deepEqual(uiSchema, { first: { 'ui:help': 'A node', next: {} } });
});

test('a reference that leads nowhere is left alone', () => {
  const { schema } = split({ properties: { a: { $ref: '#/definitions/none' }, b: { $ref: 'https://example.com/x' } } });

  assert.deepEqual(schema, { properties: { a: { $ref: '#/definitions/none' }, b: { $ref: 'https://example.com/x' } } });
});

test('the fields that a form asks for are found at every depth', () => {
  const { uiSchema } = split({
    properties: {
      a: { type: 'string', 'ui:field': 'OwnerPicker' },
      b: { type: 'array', items: { type: 'string', 'ui:field': 'OurOwn' } },
    },
  });

  assert.deepEqual([...fieldNames(uiSchema)], ['OwnerPicker', 'OurOwn']);
});
