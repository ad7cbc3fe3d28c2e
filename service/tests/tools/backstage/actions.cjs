// Runs steps with Backstage's own actions and tells what files they made.
//
// Each line of standard input is JSON, a list of { folder, work, steps: [{ action, input }] }. `folder` holds the
// files that relative URLs name, `work` is a folder to make. For each line there is one of standard output, with
// { error?, files: [[path, kind, mode, content]] } for each of them; `content` is base64, a link's target or nothing.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { ConfigReader } = require('@backstage/config');
const { ScmIntegrations } = require('@backstage/integration');
const { validate } = require('jsonschema');

// The package's front would load the whole backend; the actions stand in files of their own.
const builtin = path.join(
  path.dirname(require.resolve('@backstage/plugin-scaffolder-backend/package.json')),
  'dist/scaffolder/actions/builtin/fetch',
);
const actions = new Map();
const reader = new Proxy({}, { get: (_, name) => () => { throw new Error(`the tests have no network (${String(name)})`); } });
const integrations = ScmIntegrations.fromConfig(new ConfigReader({}));
for (const file of ['plain', 'plainFile', 'template', 'templateFile', 'workspaceTemplate', 'workspaceTemplateFile']) {
  for (const create of Object.values(require(path.join(builtin, `${file}.cjs.js`)))) {
    if (typeof create !== 'function') continue;
    const action = create({ reader, integrations });
    actions.set(action.id, action);
  }
}

const silent = { info() {}, warn() {}, error() {}, debug() {}, child: () => silent };

async function run({ folder, work, steps }) {
  const workspacePath = path.join(work, 'workspace');
  fs.mkdirSync(workspacePath, { recursive: true });
  let error;
  let temporary = 0;
  for (const { action: id, input } of steps) {
    const action = actions.get(id);
    try {
      const { errors } = validate(input, action.schema?.input ?? {});
      if (errors.length > 0) throw new Error(`Invalid input passed to action ${id}, ${errors.join(', ')}`);
      await action.handler({
        input,
        workspacePath,
        logger: silent,
        output() {},
        signal: new AbortController().signal,
        templateInfo: { entityRef: 'template:default/case', baseUrl: `file://${folder}/template.yaml` },
        async createTemporaryDirectory() {
          const made = path.join(work, `temporary-${temporary++}`);
          fs.mkdirSync(made);
          return made;
        },
      });
    } catch (caught) {
      error = `${caught?.name}: ${caught?.message}`;
      break;
    }
  }
  return { error, files: list(workspacePath, '') };
}

function list(root, below) {
  const files = [];
  for (const entry of fs.readdirSync(path.join(root, below), { withFileTypes: true })) {
    const name = below ? `${below}/${entry.name}` : entry.name;
    const full = path.join(root, name);
    const mode = fs.lstatSync(full).mode & 0o777;
    if (entry.isSymbolicLink()) {
      files.push([name, 'link', mode, fs.readlinkSync(full)]);
    } else if (entry.isDirectory()) {
      const inside = list(root, name);
      files.push(...(inside.length > 0 ? inside : [[name, 'folder', mode, '']]));
    } else {
      files.push([name, 'file', mode, fs.readFileSync(full).toString('base64')]);
    }
  }
  return files;
}

async function main() {
  process.umask(0o022);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const results = [];
    for (const given of JSON.parse(line)) results.push(await run(given));
    process.stdout.write(`${JSON.stringify(results)}\n`);
  }
}

main();
