// Measures a scaffolder server, or the command line, with the same client code for every server:
//
//   node peer.mjs --server stock --peer DIRECTORY [--json FILE] [--markdown FILE]
//   node peer.mjs --server stagecraft --binary PATH [--compare FILE] [--json FILE] [--markdown FILE]
//   node peer.mjs --server cli --binary PATH [--json FILE] [--markdown FILE]
//
//   --peer DIRECTORY     an installed stock Backstage backend: DIRECTORY/backstage/bin/start.sh
//   --binary PATH        the Stagecraft binary, built for release
//   --compare FILE       an earlier JSON result; the table then shows both side by side
//   --only NAME,NAME     only these: start, memory, throughput, stream, poll, dryrun, single
//   --language NAME      only this template language: nunjucks or handlebars
//   --env NAME=VALUE     one more environment variable for the server (may be repeated)
//   --quiet-seconds N    how long to wait for a quiet machine before each measurement (120)
//   --smoke              a few runs of everything, to see that it works; the result is marked
//
// Needs Node 20 or later on Linux, and nothing from a registry. The Markdown goes to the standard output,
// progress to the standard error. Exit 0: all figures stand; 1: some failed (the table says which and why);
// 2: wrong arguments.
//
// The templates are those of skeletons.mjs: files of 40 lines with three substitutions, and one more in
// every file name; one step, no publishing. Both servers get the same `all.yaml` on the local disk. The
// stock backend runs Nunjucks alone; Stagecraft is measured in Nunjucks and in Handlebars.
//
// What each figure is:
//
//   start.ready        From the start of the process to the first 200 of the readiness address. One start
//                      before is not counted, so files are in the page cache. Stock: counted from the
//                      moment its script has written the process id. Asked every millisecond at first,
//                      later every 2 % of the time waited. 7 starts.
//   start.served       The same, until the parameter schema of a template is answered with 200: the stock
//                      backend is ready before it knows its templates.
//   memory.rest        Resident memory (VmRSS) of the process and its descendants, 5 s after it is ready
//                      with nothing to do. 3 servers.
//   memory.settled     The same servers 55 s later: the stock backend gives back what its start took.
//   memory.peak        The highest resident memory (VmHWM, set back before) while 3 times 100 tasks of 30
//                      files are posted at once and completed.
//   throughput.rate    100 tasks of 30 files posted at once (over at most 128 connections); 100 divided by
//                      the time from the first POST until the task list counts 100 more as completed.
//                      The list is asked about a dozen times, ever closer together towards the end. After a
//                      warm-up of 30 tasks; 5 batches. Each server with its own default concurrency.
//   throughput.processor  Processor time (user and system) the server used per task of those batches.
//   stream.L.30        One task of 30 files in language L: from before the POST until the `completion`
//                      event has arrived on the event stream, opened right after the POST on a new
//                      connection. The stock backend looks for new events once a second. 40 runs.
//   poll.L.30          The same, asking for the task every 10 ms until its status is `completed`, so the
//                      figure is up to 10 ms too high. 40 runs.
//   dryrun.L.30        A dry run of 30 files whose contents are sent along: POST to the end of the answer.
//                      The first answer is compared file by file with what must come out. 60 runs.
//   single.L.N         One task of N files, as `poll`. 7 runs of 1,000 files, 3 of 10,000.
//   render.L.N         `stagecraft render` of N files into a new folder: the whole process, from fork to
//                      exit. The first is compared with what must come out, and not counted. 5 runs.
//   copy.L.N           `cp -r` of the files that `render` wrote into a new folder, in turns with it.
//   ratio.L.N          The first divided by the second, run by run.
//
// What is done for fairness: every measurement has its own fresh server; ten tasks (or dry runs) warm it
// up, so that the stock backend's just-in-time compiler has done its work; tasks run one after another
// unless said otherwise; before each measurement the script waits until less than 15 % of all processors
// is in use, and says when that never came; a fixed piece of work is timed at the same moment
// (`calibrationMs`), so that runs in a slow phase of a shared machine can be told. The stock backend keeps
// its tasks in memory (SQLite `:memory:`) and logs warnings only; Stagecraft keeps them on disk and logs
// as it does by default. Client and server share the processors, for both.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ONCE, PER_LANGUAGE } from './measures.mjs';
import { machine } from './process.mjs';
import { measurements as renderMeasurements } from './render.mjs';
import { markdown } from './report.mjs';
import { describe } from './servers.mjs';
import { LANGUAGES, writeAll } from './skeletons.mjs';

const RUNS = { start: 7, memory: 3, batches: 5, latency: 40, dryRun: 60, single: { 1000: 7, 10000: 3 }, command: 5 };
const SMOKE_RUNS = { start: 2, memory: 1, batches: 1, latency: 3, dryRun: 3, single: { 1000: 1, 10000: 1 }, command: 1 };

class UsageError extends Error {}

function readArguments() {
  const text = { type: 'string' };
  const { values } = parseArgs({
    options: {
      server: text, peer: text, binary: text, compare: text, only: text, language: text, json: text, markdown: text,
      env: { type: 'string', multiple: true, default: [] },
      'quiet-seconds': { type: 'string', default: '120' },
      smoke: { type: 'boolean', default: false },
    },
  });
  if (!['stock', 'stagecraft', 'cli'].includes(values.server)) throw new UsageError('`--server` is one of stock, stagecraft, cli');
  const needed = values.server === 'stock' ? 'peer' : 'binary';
  if (!values[needed]) throw new UsageError(`\`--server ${values.server}\` needs \`--${needed}\``);
  if (!fs.existsSync(values[needed])) throw new UsageError(`\`--${needed}\`: there is no \`${values[needed]}\``);
  const known = Object.keys({ ...ONCE, ...PER_LANGUAGE });
  const unknown = (values.only?.split(',') ?? []).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`\`--only\` knows ${known.join(', ')}; not \`${unknown}\``);
  if (values.only && values.server === 'cli') throw new UsageError('`--only` is for servers; for the command line there is `--language`');
  if (values.language && !LANGUAGES[values.language]) throw new UsageError(`\`--language\` is one of ${Object.keys(LANGUAGES).join(', ')}`);
  if (values.env.some((each) => !/^[A-Za-z_]\w*=/.test(each))) throw new UsageError('`--env` takes NAME=VALUE');
  if (!(Number(values['quiet-seconds']) >= 0)) throw new UsageError('`--quiet-seconds` takes a number of seconds');
  return values;
}

/** The measurements of this run, in the order of the table. */
function plan({ server, only, language }) {
  const languages = Object.keys(LANGUAGES).filter((each) => !language || each === language);
  if (server === 'cli') return renderMeasurements().filter(({ name }) => languages.some((each) => name.includes(`.${each}.`)));
  const wanted = (name) => !only || only.split(',').includes(name);
  const once = Object.entries(ONCE).filter(([name]) => wanted(name)).map(([name, run]) => ({ name, run }));
  const spoken = server === 'stock' ? languages.filter((each) => each === 'nunjucks') : languages;
  const perLanguage = spoken.flatMap((each) =>
    Object.entries(PER_LANGUAGE)
      .filter(([name]) => wanted(name))
      .map(([name, run]) => ({ name: `${name}.${each}`, run: (target, settings) => run(target, { ...settings, language: each }) })),
  );
  return [...once, ...perLanguage];
}

/** Runs every measurement; one that fails is told in its place, and the others go on. `save` is called after
 *  each, so that an interrupted run keeps what it has. */
async function measure(steps, target, settings, figures, save) {
  for (const { name, run } of steps) {
    process.stderr.write(`${new Date().toISOString()} ${name} …\n`);
    try {
      Object.assign(figures, await run(target, settings));
    } catch (error) {
      figures[name] = { title: name, error: error.message };
      process.stderr.write(`${name} failed: ${error.message}\n`);
    }
    save();
  }
}

async function main() {
  const options = readArguments();
  const workDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'stagecraft-bench-'));
  process.on('exit', () => fs.rmSync(workDirectory, { recursive: true, force: true }));
  const skeletons = path.join(workDirectory, 'templates');
  const target = {
    server: options.server,
    binary: options.binary && path.resolve(options.binary),
    peer: options.peer && path.resolve(options.peer),
    workDirectory,
    skeletons,
    templates: writeAll(skeletons),
    overrides: Object.fromEntries(options.env.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)])),
  };
  const figures = {};
  const about = { server: options.server, name: describe(target), when: new Date().toISOString(), smoke: options.smoke };
  const result = { ...about, machine: machine(), figures };
  const save = () => options.json && fs.writeFileSync(options.json, JSON.stringify(result, null, 1) + '\n');
  const settings = { runs: options.smoke ? SMOKE_RUNS : RUNS, quietSeconds: Number(options['quiet-seconds']) };
  await measure(plan(options), target, settings, figures, save);

  const other = options.compare && JSON.parse(fs.readFileSync(options.compare, 'utf8'));
  const text = markdown(result, other);
  if (options.markdown) fs.writeFileSync(options.markdown, text);
  process.stdout.write(text);
  return Object.values(figures).some((each) => each.error) ? 1 : 0;
}

try {
  process.exit(await main());
} catch (error) {
  const usage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${error.message}\n${usage ? 'See the head of peer.mjs.\n' : ''}`);
  process.exit(usage ? 2 : 1);
}
