// Prints the answers of the `jsonschema` npm package (1.5.0), which the tests hold the Rust code to.
// npm install jsonschema@1.5.0 && node oracle.mjs > oracle.json
import { validate } from 'jsonschema';

const names = { type: 'string', pattern: '^[a-z0-9-]+$', maxLength: 10, minLength: 2 };
const form = {
  title: 'Page',
  required: ['name', 'owner'],
  properties: {
    name: { title: 'Name', ...names, 'ui:autofocus': true },
    owner: { type: 'string', 'ui:field': 'OwnerPicker' },
    size: { type: 'integer', minimum: 1, maximum: 5, default: 3 },
    kind: { type: 'string', enum: ['lib', 'app'], enumNames: ['Library', 'App'] },
    tags: { type: 'array', items: { type: 'string', maxLength: 3 }, uniqueItems: true, minItems: 1 },
    deep: { type: 'object', properties: { 'a b': { type: 'number' }, '0': { const: 1 } }, required: ['a b'] },
  },
  dependencies: {
    kind: { oneOf: [{ properties: { kind: { enum: ['lib'] }, crate: { type: 'string' } }, required: ['crate'] },
                    { properties: { kind: { enum: ['app'] } } }] },
    size: ['kind', 'name'],
    owner: { required: ['name'] },
  },
};
const anyValue = [null, true, false, 0, 1, -1, 1.5, '', 'a', 'abc', [], [1], ['a', 'a'], {}, { a: 1 }, { a: 'x', b: 2 }];

const groups = [
  [form, [{}, { name: 'ok', owner: 'o' }, { name: 'Bad Name', owner: 1, tags: 'x' }, { name: 'x', owner: 'o', size: 9 },
    { name: 'ok', owner: 'o', size: 2.5, kind: 'zzz' }, { name: 'ok', owner: 'o', kind: 'lib' },
    { name: 'ok', owner: 'o', kind: 'lib', crate: 'c', size: 2 }, { size: 1 }, { owner: 'o' },
    { name: 'ok', owner: 'o', tags: ['aaaa', 1, 'b', 'b'] }, { name: 'ok', owner: 'o', tags: [] },
    { name: 'ok', owner: 'o', deep: {} }, { name: 'ok', owner: 'o', deep: { 'a b': 'x', 0: 2 } }, [], null, 'text', 3]],
  ...[{ type: 'string' }, { type: 'number' }, { type: 'integer' }, { type: 'boolean' }, { type: 'array' },
    { type: 'object' }, { type: 'null' }, { type: ['string', 'null'] }, { type: 'any' }, { type: 'unknown' },
    { type: [{ minLength: 3 }, 'number'] }, { type: [{ $id: 'x', type: 'null' }, ''] }, { type: [] },
    true, false, {}, { const: 1 }, { const: { a: 1 } }, { const: null }, { const: [1] }, { enum: [1, 'a', null, [1], { a: 1 }] },
    { enum: [true, false, '', 1.5] }, { enum: [] }, { not: { type: 'string' } }, { not: {} }, { not: true }, { not: false },
    { not: [{ type: 'null' }, { $id: 'y', type: 'number' }] }, { disallow: 'string' }, { disallow: ['null', { type: 'array' }] },
    { minLength: 2, maxLength: 2 }, { minimum: 1 }, { maximum: 0 }, { minimum: 1, exclusiveMinimum: true },
    { maximum: 1, exclusiveMaximum: true }, { exclusiveMinimum: 0 }, { exclusiveMaximum: 1 }, { multipleOf: 2 },
    { divisibleBy: 0.5 }, { minItems: 1 }, { maxItems: 0 }, { minProperties: 1 }, { maxProperties: 0 },
    { required: ['a', 'b'] }, { required: true }, { properties: { a: { required: true }, b: { type: 'number' } } },
    { additionalProperties: false }, { properties: { a: {} }, additionalProperties: false },
    { properties: { a: {} }, additionalProperties: { type: 'string' } }, { additionalProperties: true },
    { patternProperties: { '^a$': { type: 'string' } } }, { patternProperties: { '^a$': { type: 'string' } }, additionalProperties: false },
    { propertyNames: { minLength: 2 } }, { propertyNames: false }, { propertyNames: { pattern: '^a' } },
    { items: { type: 'string' } }, { items: [{ type: 'string' }] }, { items: [{}, {}], additionalItems: false },
    { items: [{ type: 'number' }], additionalItems: { type: 'number' } }, { items: [], additionalItems: false }, { items: false }, { items: true },
    { contains: { const: 'a' } }, { contains: false }, { uniqueItems: true }, { uniqueItems: false },
    { anyOf: [{ type: 'string' }, { title: 'Num', type: 'number' }, { $id: 'z', type: 'null' }] },
    { oneOf: [{ type: 'string' }, { title: 'Num', type: 'number' }, { $id: 'z', type: 'null' }] },
    { oneOf: [{ minimum: 1 }, { maximum: 5 }] },
    { allOf: [{ type: 'string' }, { title: 'Two', minLength: 2 }] },
    { allOf: [{ $id: 'w', properties: { a: { type: 'string' } } }, { required: ['b'] }] },
    { if: { type: 'string' }, then: { minLength: 2 }, else: { type: 'object' } }, { if: true, then: false }, { if: false, then: false },
    { dependencies: { a: 'b' } }, { dependencies: { a: ['b', 'c'] } }, { dependencies: { a: false } },
    { dependencies: { a: { properties: { a: { type: 'string' } }, required: ['b'] } } },
    { maxLength: 1, type: 'string', pattern: '^b', enum: ['zz'] },
    { $id: 'root', type: 'string' }, { id: 'old', minimum: 5 }, { 'ui:field': 'X', title: 'T', description: 'D', default: 1 },
    { definitions: { n: { type: 'number', minimum: 1 } }, anyOf: [{ $ref: '#/definitions/n' }, { type: 'object' }] },
    { definitions: { n: { type: 'number' } }, $ref: '#/definitions/n', type: 'ignored' },
    { definitions: { 'a/b': { type: 'null' } }, allOf: [{ $ref: '#/definitions/a~1b' }] },
  ].map(schema => [schema, anyValue]),
  [{ properties: { child: { $ref: '#' }, v: { type: 'number' } }, additionalProperties: false },
    [{ child: { child: { v: 'x' } } }, { child: { w: 1 } }, { v: 1 }]],
  [{ type: 'object', properties: { 'a.b': { type: 'null' }, '1a': { type: 'null' }, '12': { type: 'null' }, 'ä': { type: 'null' }, '': { type: 'null' } } },
    [{ 'a.b': 1, '1a': 1, '12': 1, 'ä': 1, '': 1 }]],
  [{ multipleOf: 0.1 }, [0.3, 0.35, 1, 1.1]], [{ multipleOf: 3 }, [9, 10]],
  [{ minimum: 1.5 }, [1]], [{ minimum: 1e21 }, [1]], [{ maximum: 1e-7 }, [1]], [{ minimum: '5' }, [4, 6]], [{ minLength: '2' }, ['a', 'abc']],
  [{ maxLength: 2 }, ['😀😀', '😀😀😀', 'äö']],
  [{ patternProperties: { '^x-': { type: 'number' }, '-y$': { minimum: 3 } }, additionalProperties: { type: 'string' } },
    [{ 'x-a': 1, 'x-y': 2, b: 1 }, { 'x-y': 'q' }, { b: 'c' }]],
  ...['^[a-z0-9-]+$', '^\\/x\\/$', '^\\d{3}$', '^\\w+$', '^(?!foo).+$', '^.{1,3}$', 'b+', '^[^\\s]+$', '^[\\w.-]+@acme\\.io$', '\\p{Lu}', '^\\S+\\s$', '^[a-z]*[^-]$']
    .map(pattern => [{ pattern }, ['abc', 'foo', '/x/', '123', '١٢٣', 'a b', 'ä', 'É', '', 'a_b', 'me@acme.io', 'x\u00a0', 'ab-', 'a\nb']]),
  ...Object.entries({
    'date-time': ['2024-01-02T03:04:05Z', '2024-01-02t03:04:05.123+01:00', '2024-13-02T03:04:05Z', '2024-01-02', '2024-01-02T03:04:05', '2024-01-02T03:04:05.Z'],
    date: ['2024-01-02', '2024-00-31', '2024-01-32', '24-01-02', 'x'], time: ['03:04:05', '24:00:60', '3:04:05', '03:04'],
    duration: ['P1D', 'PT1H', 'P1Y2M3D', 'x', 'P', '1D', 'P1W'],
    email: ['a@b.co', 'a.b+c@d-e.org', 'a@b', '@b.co', 'a@', 'a b@c.de', 'a@b..co', 'a@[1.2.3.4]', 'a..b@c.de'],
    ipv4: ['1.2.3.4', '256.1.1.1', '1.2.3', '01.2.3.4'], 'ip-address': ['9.9.9.9', 'a'], ipv6: ['::1', 'fe80::1%eth0', '1::2::3', ' ::1 ', '::ffff:1.2.3.4', 'x'],
    hostname: ['a.b', 'a', '-a', 'a-', 'a..b', 'a.b.', 'A1'], 'host-name': ['a_b'], uri: ['https://x.y/z', 'x', 'a:b', '1a:b', 'a: b', 'urn:x'],
    uuid: ['123e4567-e89b-12d3-a456-426614174000', '123E4567-e89b-12d3-a456-426614174000', '123e4567'],
    'json-pointer': ['', '/a/b', 'a', '/a~0b', '/a~2'], 'relative-json-pointer': ['1', '0#', '2/a', 'a', '/a'], regex: ['^a$', '(a', 'a{2}'],
    'utc-millisec': ['123', '1.5', 'x', '-1'], color: ['#fff', '#ffff', 'red', 'rgb(1,2,3)', 'rgb(1%, 2%, 3%)', 'rgb(999,1,1)', 'abc123', 'RED'],
    phone: ['+49 123 456789', '123', '+1', '+12345678'], alpha: ['abc', 'a1', ''], alphanumeric: ['a1', 'a-'], unknown: ['x'],
  }).map(([format, texts]) => [{ format }, [...texts, 5]]),
];

const cases = groups.flatMap(([schema, values]) => values.flatMap(value => {
  try {
    return [{ schema, value, errors: JSON.parse(JSON.stringify(validate(value, schema).errors)) }];
  } catch {
    return [];
  }
}));
console.log('[\n' + cases.map(one => JSON.stringify(one)).join(',\n') + '\n]');
