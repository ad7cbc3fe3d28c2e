import assert from 'node:assert/strict';
import { test } from 'node:test';
import { highlight, languageOf } from '../src/highlight.ts';
import { format, parse, partsOf } from '../src/repoUrl.ts';
import { count, duration, size, withoutColours } from '../src/text.ts';
import { counts, firstFile, grow } from '../src/tree.ts';

test('a repository is one text that can be taken apart again', () => {
  const text = 'github.com?owner=acme&repo=orders';

  assert.deepEqual(parse(text), { host: 'github.com', parts: { owner: 'acme', repo: 'orders' } });
  assert.equal(format(parse(text)), text);
  assert.equal(format({ host: '', parts: { owner: 'acme' } }), undefined);
});

test('other hosts ask for other parts, and parts of another host are dropped', () => {
  const names = (host: string) => partsOf(host).map(part => part.name);

  assert.deepEqual(names('dev.azure.com'), ['organization', 'project', 'repo']);
  assert.deepEqual(names('bitbucket.org'), ['workspace', 'project', 'repo']);
  assert.deepEqual(names('gitlab.example.com'), ['owner', 'repo']);
  assert.equal(format({ host: 'gerrit.example.com', parts: { owner: 'x', repo: 'y' } }), 'gerrit.example.com?repo=y');
});

test('files stand in their folders, folders first', () => {
  const branches = grow([
    { path: 'a.txt', kind: 'file' },
    { path: 'src/lib/b.ts', kind: 'file', change: 'changed' },
    { path: 'src/a.ts', kind: 'file' },
    { path: 'empty', kind: 'folder' },
  ]);

  assert.deepEqual(branches.map(branch => branch.name), ['empty', 'src', 'a.txt']);
  assert.deepEqual(branches[1]?.children?.map(branch => branch.name), ['lib', 'a.ts']);
  assert.deepEqual(branches.map(branch => branch.changes), [0, 1, 0]);
  assert.deepEqual(branches[0]?.children, []);
});

test('the first file to look at is one that changed, else the README', () => {
  assert.equal(firstFile([{ path: 'a', kind: 'file' }, { path: 'README.md', kind: 'file' }]), 'README.md');
  assert.equal(firstFile([{ path: 'README.md', kind: 'file' }, { path: 'z', kind: 'file', change: 'added' }]), 'z');
  assert.equal(firstFile([{ path: 'gone', kind: 'file', change: 'removed' }]), undefined);
});

test('changes are counted by what became of the file', () => {
  const entries = (['added', 'added', 'removed'] as const).map((change, index) => ({
    path: String(index), kind: 'file' as const, change,
  }));

  assert.deepEqual(counts(entries), { added: 2, changed: 0, removed: 1 });
});

test('the language of a file is known by its name', () => {
  const found = ['src/a.tsx', 'Dockerfile', 'deploy/x.YAML', 'Makefile', 'LICENSE'].map(languageOf);

  assert.deepEqual(found, ['typescript', 'dockerfile', 'yaml', 'makefile', undefined]);
});

test('source text cannot become markup', () => {
  const html = highlight('<script>alert("&")</script>', 'xml') ?? '';

  assert.ok(!/<(?!\/?span[ >])/.test(html), html);
  assert.ok(html.includes('&lt;') && html.includes('&amp;'));
});

test('text without a language, or too long, has no colours', () => {
  assert.equal(highlight('x', undefined), undefined);
  assert.equal(highlight('x'.repeat(200_001), 'yaml'), undefined);
});

test('numbers are said in words', () => {
  assert.deepEqual([0.4, 12.4, 1500].map(duration), ['under 1 ms', '12 ms', '1.5 s']);
  assert.deepEqual([1, 999, 1500, 2_500_000].map(size), ['1 byte', '999 bytes', '1.5 kB', '2.5 MB']);
  assert.deepEqual([count(1, 'file'), count(2, 'file')], ['1 file', '2 files']);
});

test('colours of a terminal are taken out', () => {
  assert.equal(withoutColours('\u001b[33mwarn\u001b[39m: no'), 'warn: no');
});
