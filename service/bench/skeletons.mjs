// Writes the templates that the benchmarks run, in both template languages, with the same content:
//
//   node skeletons.mjs DIRECTORY [30 1000 10000]
//
//   DIRECTORY/all.yaml                           a Location that names every template below
//   DIRECTORY/nunjucks-30/template.yaml          one step: fetch:template of ./skeleton
//   DIRECTORY/nunjucks-30/skeleton/src/part-000/${{ values.name }}-file-00000.ts
//   DIRECTORY/handlebars-30/template.yaml        one step: fetch:handlebars of ./skeleton
//   DIRECTORY/handlebars-30/skeleton/src/part-000/{{ name }}-file-00000.ts.hbs
//   … and the same for every other size.
//
// Every file has 40 lines, three of which hold one substitution each; every file name holds one more;
// a folder holds 25 files. There is no randomness: the same size is always the same bytes. `rendered`
// says what must come out, so that a benchmark can refuse to time a wrong answer.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export const SIZES = [30, 1000, 10000];
export const LINES_PER_FILE = 40;
export const FILES_PER_FOLDER = 25;

/** The values of every benchmark task. Plain words, so that no language escapes anything in them. */
export const VALUES = { name: 'demo-service', owner: 'group:default/bench', description: 'A demo service' };

/** How each language writes a value, which action runs it, and what its file names end with. */
export const LANGUAGES = {
  nunjucks: { action: 'fetch:template', reference: (name) => `\${{ values.${name} }}`, suffix: '' },
  handlebars: { action: 'fetch:handlebars', reference: (name) => `{{ ${name} }}`, suffix: '.hbs' },
};

/** The name of the template entity (and of its folder) for a language and a size. */
export const templateName = (language, size) => `${language}-${size}`;

/** One file of a skeleton; `write(name)` puts in a value or the language's reference to it. */
function file(index, write) {
  const folder = String(Math.floor(index / FILES_PER_FOLDER)).padStart(3, '0');
  const number = String(index).padStart(5, '0');
  const lines = [
    `// File ${index} of ${write('name')}.`,
    `export const owner = '${write('owner')}';`,
    `export const description = '${write('description')}';`,
  ];
  while (lines.length < LINES_PER_FILE) {
    lines.push(`export const line${lines.length + 1} = '${number}: a line that no value changes';`);
  }
  return { path: `src/part-${folder}/${write('name')}-file-${number}.ts`, content: lines.join('\n') + '\n' };
}

/** The files of a skeleton before rendering. */
export function skeleton(language, size) {
  const { reference, suffix } = LANGUAGES[language];
  return Array.from({ length: size }, (_, index) => {
    const { path: name, content } = file(index, reference);
    return { path: name + suffix, content };
  });
}

/** The files that rendering a skeleton of `size` files with `values` must give, in either language. */
export function rendered(size, values = VALUES) {
  return Array.from({ length: size }, (_, index) => file(index, (name) => values[name]));
}

/** The template entity: one form page, one step, no publishing. */
export function templateEntity(language, size) {
  const text = { type: 'string' };
  return {
    apiVersion: 'scaffolder.backstage.io/v1beta3',
    kind: 'Template',
    metadata: {
      name: templateName(language, size),
      title: `${size} files in ${language}`,
      description: `A benchmark template: ${size} files of ${LINES_PER_FILE} lines`,
    },
    spec: {
      owner: 'group:default/bench',
      type: 'service',
      parameters: [
        {
          title: 'The component',
          required: ['name', 'owner'],
          properties: {
            name: { ...text, title: 'Name', pattern: '^[a-z0-9-]+$' },
            owner: { ...text, title: 'Owner' },
            description: { ...text, title: 'Description' },
          },
        },
      ],
      steps: [
        {
          id: 'fetch',
          name: 'Fetch the skeleton',
          action: LANGUAGES[language].action,
          input: {
            url: './skeleton',
            values: {
              name: '${{ parameters.name }}',
              owner: '${{ parameters.owner }}',
              description: '${{ parameters.description }}',
            },
          },
        },
      ],
    },
  };
}

function writeFile(target, content) {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, content);
}

/** Writes every template and `all.yaml` under `directory`, and returns the path of `all.yaml`. */
export function writeAll(directory, sizes = SIZES) {
  const targets = [];
  for (const language of Object.keys(LANGUAGES)) {
    for (const size of sizes) {
      const folder = path.join(directory, templateName(language, size));
      fs.rmSync(folder, { recursive: true, force: true });
      // JSON is YAML, and needs no writer of our own.
      writeFile(path.join(folder, 'template.yaml'), JSON.stringify(templateEntity(language, size), null, 2) + '\n');
      for (const { path: name, content } of skeleton(language, size)) {
        writeFile(path.join(folder, 'skeleton', name), content);
      }
      targets.push(`./${templateName(language, size)}/template.yaml`);
    }
  }
  const location = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Location',
    metadata: { name: 'bench-templates' },
    spec: { targets },
  };
  const all = path.join(directory, 'all.yaml');
  writeFile(all, JSON.stringify(location, null, 2) + '\n');
  return all;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [directory, ...sizes] = process.argv.slice(2);
  if (!directory || sizes.some((size) => !/^[1-9]\d*$/.test(size))) {
    console.error('Usage: node skeletons.mjs DIRECTORY [SIZE …], for example: node skeletons.mjs /tmp/skeletons 30 1000');
    process.exit(2);
  }
  console.log(writeAll(path.resolve(directory), sizes.length > 0 ? sizes.map(Number) : SIZES));
}
