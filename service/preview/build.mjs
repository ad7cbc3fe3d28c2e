// Bundles the page into `built/`, which is part of the program and committed.
//
//   node build.mjs           writes it
//   node build.mjs --check   fails if what is there is not what the sources give

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, 'built');
/** What a browser loads. */
const MOST_BYTES = 700_000;
const HEAD = 'Generated from service/preview by `make generate`; do not edit.';

/** Bundles scripts and styles; gives the files by name. */
async function bundle() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: here,
    entryPoints: { preview: 'src/main.tsx' },
    outdir: 'built',
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    banner: { js: `/* ${HEAD} */`, css: `/* ${HEAD} */` },
    logLevel: 'warning',
    metafile: true,
    write: false,
  });
  const files = new Map(outputFiles.map(file => [file.path.slice(built.length + 1), file.text]));
  for (const name of ['index.html', 'icon.svg']) {
    files.set(name, readFileSync(join(here, 'src', name), 'utf8'));
  }
  files.set('licences.txt', licences(Object.keys(metafile.inputs)));
  return files;
}

/** The licences of all packages that something was taken from. */
function licences(inputs) {
  const names = new Set();
  for (const input of inputs) {
    const inside = input.split('node_modules/').slice(1).pop();
    if (inside === undefined) continue;
    const parts = inside.split('/');
    names.add(parts[0].startsWith('@') ? `${parts[0]}/${parts[1]}` : parts[0]);
  }
  const text = [HEAD, '', 'The page holds parts of these packages.', ''];
  for (const name of [...names].sort()) {
    const folder = join(here, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find(file => /^licen[cs]e(\.(md|txt))?$/i.test(file));
    text.push('='.repeat(78), `${name} ${version} (${license})`, '='.repeat(78), '');
    text.push(file ? readFileSync(join(folder, file), 'utf8').replace(/\r/g, '').trim() : `Licence: ${license}`, '');
  }
  return `${text.map(line => line.trimEnd()).join('\n')}`;
}

const files = await bundle();
const loaded = [...files].filter(([name]) => name !== 'licences.txt');
const bytes = loaded.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
if (bytes > MOST_BYTES) {
  console.error(`the page has ${bytes} bytes, more than the ${MOST_BYTES} that are allowed`);
  process.exit(1);
}
if (process.argv.includes('--check')) {
  const stale = [...files].filter(([name, text]) => {
    try {
      return readFileSync(join(built, name), 'utf8') !== text;
    } catch {
      return true;
    }
  });
  if (stale.length > 0) {
    const names = stale.map(([name]) => name).join(', ');
    console.error(`service/preview/built is not what its sources give (${names}): run \`make generate\``);
    process.exit(1);
  }
} else {
  for (const [name, text] of files) writeFileSync(join(built, name), text);
  console.log(`wrote service/preview/built (${Math.round(bytes / 1000)} kB loaded)`);
}
