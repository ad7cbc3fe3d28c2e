// Asks Backstage's own code. Every line of standard input is one question, every line of output its answer.
//
// {"entity": …}: would a catalog take it? The answer is {"ok": true}, or {"stage", "error"}: the stage that refuses.
// {"yaml": …}: what does the text say? The answer is {"documents": [{"value"} or {"error"}, …]}.
const path = require('node:path');
const readline = require('node:readline');
const model = require('@backstage/catalog-model');
const yaml = require('yaml');

// The package's front door needs packages that are absent here; this file of it does not.
const scaffolder = path.dirname(require.resolve('@backstage/plugin-scaffolder-common/package.json'));
const { templateEntityV1beta3Validator } = require(path.join(scaffolder, 'dist/TemplateEntityV1beta3.cjs.js'));

const kinds = [
  ...['api', 'component', 'resource', 'group', 'location', 'user', 'system', 'domain'].map(
    kind => model[`${kind}EntityV1alpha1Validator`],
  ),
  templateEntityV1beta3Validator,
];
const envelope = model.entityEnvelopeSchemaValidator();
const whole = model.entitySchemaValidator();
const policies = model.EntityPolicies.allOf([
  new model.SchemaValidEntityPolicy(),
  new model.DefaultNamespaceEntityPolicy(),
  new model.NoForeignRootFieldsEntityPolicy(),
  new model.FieldFormatEntityPolicy(),
]);

// What is done after the schemas have said yes: fields that are read as references, with the kind they imply.
const owner = ['owner', 'Group'];
const system = ['system', 'System'];
const depends = [['dependsOn'], ['dependencyOf']];
const references = {
  Component: [owner, ['subcomponentOf', 'Component'], ['providesApis', 'API'], ['consumesApis', 'API'], ...depends, system],
  API: [owner, system],
  Resource: [owner, ...depends, system],
  User: [['memberOf', 'Group']],
  Group: [['parent', 'Group'], ['children', 'Group'], ['members', 'User']],
  System: [owner, ['domain', 'Domain']],
  Domain: [owner, ['subdomainOf', 'Domain']],
  Template: [owner],
};
const locations = ['backstage.io/managed-by-location', 'backstage.io/managed-by-origin-location'];
const parseReferences = entity => {
  for (const annotation of locations) {
    const location = entity.metadata.annotations?.[annotation];
    if (location !== undefined) model.parseLocationRef(location);
  }
  for (const [field, defaultKind] of references[entity.kind] ?? []) {
    const targets = entity.spec[field];
    for (const target of targets ? [targets].flat() : []) {
      model.parseEntityRef(target, { defaultKind, defaultNamespace: entity.metadata.namespace });
    }
  }
};

// The keys that search makes of an entity, two of which may not differ in letter case alone.
const unsearched = ['attachments', 'relations', 'status', 'metadata.name', 'metadata.namespace', 'metadata.uid', 'metadata.etag'];
const searchKeys = entity => {
  const keys = [];
  const visit = (at, part) => {
    if (unsearched.includes(at)) return;
    if (Array.isArray(part)) {
      for (const item of part) {
        visit(at, item);
        if (typeof item === 'string') keys.push(`${at}.${item}`);
      }
    } else if (part !== null && typeof part === 'object') {
      for (const [key, inner] of Object.entries(part)) visit(at ? `${at}.${key}` : key, inner);
    } else {
      keys.push(at);
    }
  };
  visit('', entity);
  return keys;
};
const clash = entity => {
  const keys = new Set(searchKeys(entity));
  const folded = new Set([...keys].map(key => key.toLocaleLowerCase('en-US')));
  if (folded.size !== keys.size) throw new Error('search keys differ in letter case alone');
};

const judge = async entity => {
  let stage = 'envelope';
  try {
    envelope(entity);
    stage = 'policies';
    const enforced = await policies.enforce(entity);
    whole(enforced);
    stage = 'kind';
    const accepted = [];
    for (const kind of kinds) accepted.push(await kind.check(enforced));
    if (!accepted.some(Boolean)) throw new Error('no kind takes it');
    stage = 'references';
    parseReferences(enforced);
    stage = 'search';
    clash(enforced);
    return { ok: true };
  } catch (error) {
    return { stage, error: String(error.message).replace(/\s+/g, ' ').slice(0, 200) };
  }
};

// Its warnings about odd keys are not asked for.
process.removeAllListeners('warning');
const read = text => {
  const document = parsed => {
    if (parsed.errors.length > 0) return { error: parsed.errors[0].message.split('\n')[0] };
    return { value: parsed.toJSON() ?? null };
  };
  try {
    return { documents: yaml.parseAllDocuments(text, { merge: false }).map(document) };
  } catch (error) {
    return { documents: [{ error: String(error.message) }] };
  }
};

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const question = JSON.parse(line);
    const answer = 'yaml' in question ? read(question.yaml) : await judge(question.entity);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
})();
