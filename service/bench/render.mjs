// The command line against the file system: `stagecraft render` of a skeleton to a new folder, beside
// `cp -r` of the very files it wrote, in turns, so that a slow phase of the machine meets both.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { now } from './client.mjs';
import { quiet } from './process.mjs';
import { figure } from './report.mjs';
import { LANGUAGES, rendered, SIZES, templateName, VALUES } from './skeletons.mjs';

/** The arguments of the command, in one place. */
const renderArguments = ({ template, values, out }) => ['render', template, '--values', values, '--out', out];

function timedCommand(command, parameters) {
  const begin = now();
  const { status, error, stderr } = spawnSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  const ms = now() - begin;
  if (error) throw new Error(`\`${command}\` cannot be started: ${error.message}`);
  if (status !== 0) throw new Error(`\`${command} ${parameters[0]}\` ended with ${status}: ${stderr.slice(0, 1000)}`);
  return ms;
}

/** Fails unless the folder holds exactly the files that rendering must give. */
function checkTree(directory, size) {
  const wrong = rendered(size).find(({ path: name, content }) => {
    const file = path.join(directory, name);
    return !fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== content;
  });
  if (wrong) throw new Error(`rendering gave no or another \`${wrong.path}\``);
  const files = fs.readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  if (files.length !== size) throw new Error(`rendering gave ${files.length} files, not ${size}`);
}

async function measureSize({ binary, skeletons, workDirectory }, { language, size, runs, quietSeconds }) {
  const template = path.join(skeletons, templateName(language, size), 'template.yaml');
  const values = path.join(workDirectory, 'values.yaml');
  fs.writeFileSync(values, JSON.stringify(VALUES));
  const reference = path.join(workDirectory, `reference-${language}-${size}`);
  const fresh = (name) => {
    const directory = path.join(workDirectory, `${name}-${language}-${size}`);
    fs.rmSync(directory, { recursive: true, force: true });
    return directory;
  };
  const render = (out) => timedCommand(binary, renderArguments({ template, values, out }));
  const copy = (out) => timedCommand('cp', ['-r', reference, out]);

  render(fresh('reference')); // the first of each warms the caches, and is not counted
  checkTree(reference, size);
  copy(fresh('copy'));
  const conditions = await quiet(quietSeconds);
  const pairs = Array.from({ length: runs.command }, () => ({ render: render(fresh('render')), copy: copy(fresh('copy')) }));
  for (const name of ['reference', 'render', 'copy']) fresh(name);

  const files = `${size.toLocaleString('en-US')} files (${language})`;
  const [renderTimes, copyTimes] = [pairs.map((pair) => pair.render), pairs.map((pair) => pair.copy)];
  const rendering = figure(`\`stagecraft render\` of ${files} to disk`, 'ms', renderTimes);
  const copying = figure(`\`cp -r\` of the same ${files}`, 'ms', copyTimes);
  return {
    [`render.${language}.${size}`]: { ...rendering, conditions: [conditions] },
    [`copy.${language}.${size}`]: { ...copying, conditions: [conditions] },
    [`ratio.${language}.${size}`]: { ...figure(`Rendering over copying, ${files}`, '×', pairs.map((pair) => pair.render / pair.copy)), conditions: [conditions] },
  };
}

/** Every size in every language, by the names that the table is sorted by. */
export function measurements() {
  return Object.keys(LANGUAGES).flatMap((language) =>
    SIZES.map((size) => ({
      name: `render.${language}.${size}`,
      run: (target, settings) => measureSize(target, { ...settings, language, size }),
    })),
  );
}
