// Asks the original engines. Every line of standard input is one batch, every line of output its answers.
//
// First line: {"context": …}, the data that templates see. Then batches: {"engine", "options", "templates",
// "suspects"}; suspects are the places of templates that are given little time.
// An answer holds "text" (the template as a file) and "value" (as a step value), or "error", "raw" (the step value
// failed and its text stays) or "endless" (the engine did not come to an end).
import readline from 'node:readline';
import vm from 'node:vm';
import { createRequire } from 'node:module';
import * as current from 'nunjitsu';
import * as backstage from 'nunjitsu-backstage';

const require = createRequire(import.meta.url);
const BATCH_MILLISECONDS = 5000;
const ONE_MILLISECONDS = 2500;
const SUSPECT_MILLISECONDS = 25;
const tags = { variableStart: '${{', variableEnd: '}}' };

// What JSON has no words for, at the top of a value.
const written = value => (typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value);

const attempt = run => {
  try {
    return run();
  } catch (error) {
    return { error: String(error?.message ?? error).replace(/\s+/g, ' ').slice(0, 300) };
  }
};

const renderers = new Map();
const rendererOf = (engine, options) => {
  const key = JSON.stringify([engine, options]);
  if (!renderers.has(key)) {
    const { createTemplateRenderer } = engine === 'backstage' ? backstage : current;
    renderers.set(key, createTemplateRenderer({ ...options, allowRegexExecution: true }));
  }
  return renderers.get(key);
};

const nunjitsu = (engine, options, template, context) => {
  const renderer = rendererOf(engine, options);
  return attempt(() => {
    const value = renderer.renderValue(template, context);
    const text = renderer.render(template, context);
    return value === undefined ? { text } : { text, value: written(value) };
  });
};

// Each set of options has its own copy of the engine, because it keeps some of its settings to itself. The newest
// one made must be the one that is asked, so that its delimiters are in force.
const environments = new Map();
const environmentOf = options => {
  const key = JSON.stringify(options);
  if (!environments.has(key)) {
    for (const name of Object.keys(require.cache)) if (/[\\/]nunjucks[\\/]/.test(name)) delete require.cache[name];
    const engine = require('nunjucks');
    const { cookiecutterCompat, trimBlocks, lstripBlocks } = options;
    const environment = engine.configure({
      autoescape: false, trimBlocks, lstripBlocks, tags: cookiecutterCompat ? { ...tags, variableStart: '{{' } : tags,
    });
    if (cookiecutterCompat) {
      engine.installJinjaCompat();
      environment.addFilter('jsonify', environment.getFilter('dump'));
    }
    environments.set(key, { engine, environment });
  }
  return environments.get(key);
};

// A step value as the former scaffolder made it: one lone expression or statement goes through JSON text.
const stepValue = ({ engine, environment }, template, data) => {
  const render = source => environment.renderString(source, JSON.parse(data));
  const { children } = engine.parser.parse(template, {}, { autoescape: false, tags });
  const lone = children.length === 1 && !(children[0]?.children?.[0] instanceof engine.nodes.TemplateData);
  if (lone) {
    try {
      const text = render(template.replace(/\$\{\{(.+)\}\}/g, (_, inner) => `\${{ ( ${inner} ) | dump }}`));
      return text === '' ? {} : { value: JSON.parse(text) };
    } catch {
      // Then it is text.
    }
  }
  const text = render(template);
  return text === '' ? {} : { value: text };
};

const nunjucks = (options, template, data) => {
  const engine = environmentOf(options);
  const file = attempt(() => ({ text: engine.environment.renderString(template, JSON.parse(data)) }));
  const value = attempt(() => stepValue(engine, template, data));
  return { ...file, ...('error' in value ? { raw: true } : value) };
};

let data = '{}';
let context = {};
const one = ({ engine, options = {} }, template) =>
  engine === 'legacy' ? nunjucks(options, template, data) : nunjitsu(engine, options, template, context);

// Synchronous work can only be ended from outside of its realm; a script with a time limit is that.
const script = new vm.Script('differentialJob()');
const within = (timeout, job) => {
  globalThis.differentialJob = job;
  return script.runInThisContext({ timeout });
};
const alone = (batch, template, milliseconds) => {
  try {
    return within(milliseconds, () => one(batch, template));
  } catch {
    return { endless: true };
  }
};
const answer = batch => {
  const answers = [];
  const suspects = new Set(batch.suspects);
  const go = () => {
    while (answers.length < batch.templates.length && !suspects.has(answers.length)) {
      answers.push(one(batch, batch.templates[answers.length]));
    }
  };
  while (answers.length < batch.templates.length) {
    const limit = suspects.has(answers.length) ? SUSPECT_MILLISECONDS : 0;
    try {
      if (limit === 0) within(BATCH_MILLISECONDS, go);
      else answers.push(alone(batch, batch.templates[answers.length], limit));
    } catch {
      answers.push(alone(batch, batch.templates[answers.length], ONE_MILLISECONDS));
    }
  }
  return answers;
};

// Halves of surrogate pairs read U+FFFD on the other side, in names too.
const wellFormed = (_, part) => {
  if (typeof part === 'string') return part.toWellFormed();
  if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
  if (Object.keys(part).every(name => name.isWellFormed())) return part;
  return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name.toWellFormed(), inner]));
};
const line = value => `${JSON.stringify(value, wellFormed)}\n`;

for await (const text of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(text);
  if ('context' in request) {
    data = JSON.stringify(request.context);
    context = request.context;
  } else {
    process.stdout.write(line(answer(request)));
  }
}
