import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import type { ScmLocationAnalyzer } from '@backstage/plugin-catalog-node';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StagecraftLocationAnalyzer, type Analyze } from './StagecraftLocationAnalyzer';
import { component } from './testing/FeedStub';
import { keepingLogger, type LogLine } from './testing/stage';

const target = 'https://github.com/acme/shop';
const request = { location: { type: 'url', target } };
const credentials: BackstageCredentials = { $$type: '@backstage/BackstageCredentials', principal: 'jane' };
const file = { location: { type: 'url', target: `${target}/blob/main/catalog-info.yaml` }, entity: component('shop') };

function analyzer(analyze: Analyze, options: { registered?: string[]; existing?: Entity[] | Error } = {}) {
  const logs: LogLine[] = [];
  const { registered = [], existing } = options;
  const scm: ScmLocationAnalyzer = {
    supports: url => url.startsWith('https://github.com/'),
    analyze: async () => {
      if (existing instanceof Error) throw existing;
      return { existing: (existing ?? []).map(entity => ({ ...file, isRegistered: true, entity })) };
    },
  };
  const subject = new StagecraftLocationAnalyzer({
    analyze,
    catalog: {
      getLocationByRef: async ref =>
        registered.includes(ref) ? { id: '1', type: 'url', target, entityRef: 'location:default/shop' } : undefined,
    },
    scmLocationAnalyzers: existing === undefined ? [] : [scm],
    logger: keepingLogger(logs),
  });
  return { ask: () => subject.analyzeLocation(request, credentials), logs };
}

function refusal(name: string, message: string): Analyze {
  return async () => {
    throw Object.assign(new Error(message), { name });
  };
}

test('the wizard gets what the service proposes, with the evidence for each value', async () => {
  const fields = [
    { field: 'spec.owner', state: 'analysisSuggestedValue', value: 'team-a', description: 'CODEOWNERS:3 names it' },
  ];
  const asked: unknown[] = [];
  const { ask } = analyzer(async (...args) => {
    asked.push(args);
    return { existingEntityFiles: [], generateEntities: [{ entity: component('shop'), fields }] };
  });

  const answer = await ask();

  assert.deepEqual(answer.generateEntities[0]?.fields, fields);
  assert.deepEqual(asked, [[request, credentials]]);
});

test('whether a file is registered is asked of the catalog', async () => {
  const found = async () => ({ existingEntityFiles: [file], generateEntities: [] });

  const known = await analyzer(found, { registered: [`url:${target}/blob/main/catalog-info.yaml`] }).ask();
  const asFolder = await analyzer(found, { registered: [`url:${target}/tree/main/catalog-info.yaml`] }).ask();
  const unknown = await analyzer(found).ask();

  assert.equal(known.existingEntityFiles[0]?.isRegistered, true);
  assert.equal(asFolder.existingEntityFiles[0]?.isRegistered, true);
  assert.equal(unknown.existingEntityFiles[0]?.isRegistered, false);
});

test('where the service cannot read, the integration still finds files', async () => {
  const { ask, logs } = analyzer(refusal('NotFoundError', 'no forge for `github.com`'), {
    existing: [component('shop')],
  });

  const answer = await ask();

  assert.equal(answer.existingEntityFiles.length, 1);
  assert.match(logs[0]!.message, /cannot read `https:\/\/github.com\/acme\/shop`.*no forge/);
});

test('where nothing can be read the reason of the service is the answer', async () => {
  const cannot = refusal('InputError', 'no forge for `github.com`: add it to `forges`');

  await assert.rejects(analyzer(cannot).ask(), /no forge for/);
  await assert.rejects(analyzer(cannot, { existing: [] }).ask(), /no forge for/);
  await assert.rejects(analyzer(cannot, { existing: new Error('rate limit') }).ask(), /no forge for/);
});

test('who may not ask is not helped by an integration', async () => {
  const { ask } = analyzer(refusal('NotAllowedError', 'Unauthorized'), { existing: [component('shop')] });

  await assert.rejects(ask(), { name: 'NotAllowedError' });
});

test('what is no analysis is an error', async () => {
  await assert.rejects(analyzer(async () => ({ existingEntityFiles: [] })).ask(), /did not answer with an analysis/);
});
