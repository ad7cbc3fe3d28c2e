// Measures scaffolder servers with the same client code, in turns, or the command line:
//
//   node peer.mjs --binary PATH [--stock FOLDER] [--proxy FOLDER] [--json FILE] [--markdown FILE]
//   node peer.mjs --binary PATH --commands [--json FILE] [--markdown FILE]
//
//   --binary PATH        the Stagecraft binary, built for release
//   --stock FOLDER       the official backend, as `stock/install.sh` brings it: measured beside Stagecraft
//   --proxy FOLDER       `backstage-plugin`, built: Stagecraft is measured through its proxy too, which is run by
//                        the Backstage of `--stock`
//   --commands           the command line instead of servers
//   --only NAME,NAME     only these: start, memory, stream, poll, dryrun, throughput, single, large
//   --language NAME      only this template language: nunjucks or handlebars
//   --env NAME=VALUE     one more environment variable for the servers (may be repeated)
//   --quiet-seconds N    how long to wait for a quiet machine before each turn (20)
//   --smoke              a few runs of everything, to see that it works; the result is marked
//
// Needs Node 20 or later on Linux, and nothing from a registry. The Markdown goes to the standard output,
// progress to the standard error. Exit 0: all figures stand; 1: some failed (the table says which and why);
// 2: wrong arguments.
//
// The templates are those of skeletons.mjs: files of 40 lines with three substitutions, and one more in
// every file name; one step, no publishing. All servers get the same `all.yaml` on the local disk. The
// stock backend runs Nunjucks alone; Stagecraft is measured in Nunjucks and in Handlebars.
//
// What each figure is:
//
//   start.ready        From the start of the process to the first 200 of the readiness address. One start
//                      of each server before is not counted, so files are in the page cache. Asked every
//                      millisecond at first, later every 2 % of the time waited. 8 starts.
//   start.served       The same, until the parameter schema of a template is answered with 200: the stock
//                      backend is ready before it knows its templates.
//   memory.rest        Resident memory (VmRSS) of the process and its descendants, 5 s after it is ready
//                      with nothing to do, all servers side by side. 3 rounds.
//   memory.settled     The same servers 55 s later: the stock backend gives back what its start took.
//   memory.peak        The highest resident memory (VmHWM, set back before) while 3 times 100 tasks of 30
//                      files are posted at once and completed.
//   throughput.rate    100 tasks of 30 files posted at once (over at most 128 connections); 100 divided by
//                      the time from the first POST until the task list counts 100 more as completed.
//                      The list is asked about a dozen times, ever closer together towards the end. After a
//                      warm-up of 30 tasks; 6 batches. Each server with its own default concurrency.
//   throughput.processor  Processor time (user and system) the server used per task of those batches.
//   stream.L.30        One task of 30 files in language L: from before the POST until the `completion`
//                      event has arrived on the event stream, opened right after the POST on a new
//                      connection. The stock backend looks for new events once a second. 40 runs.
//   poll.L.30          The same, asking for the task every 10 ms until its status is `completed`, so the
//                      figure is up to 10 ms too high. 40 runs.
//   dryrun.L.30        A dry run of 30 files whose contents are sent along: POST to the end of the answer.
//                      The first answer is compared file by file with what must come out. 60 runs.
//   single.L.N         One task of N files, as `poll`. 9 runs of 1,000 files, 4 of 10,000.
//   render.L.N         `stagecraft render` of N files into a new folder: the whole process, from fork to
//                      exit. The first is compared with what must come out, and not counted. 5 runs.
//   copy.L.N           `cp -r` of the files that `render` wrote into a new folder, in turns with it.
//   ratio.L.N          The first divided by the second, run by run.
//
// What is done for fairness: the runs of a measurement are taken in rounds; in each round every server has
// its turn, and who comes first changes, so that a slow phase of the machine meets all. Every turn has its
// own fresh server; ten tasks (or dry runs) warm it up, so that the stock backend's just-in-time compiler has
// done its work; tasks run one after another unless said otherwise; before each turn the script waits until
// less than 15 % of all processors is in use, and says when that never came; a fixed piece of work is timed at
// the same moment (`calibrationMs`). The stock backend is catalog and scaffolder and nothing else, in
// production mode; it keeps its tasks in memory (SQLite `:memory:`) and logs warnings only. Stagecraft keeps
// its tasks on disk and logs as it does by default. Client and server share the processors, for all.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measurements, titleOf } from './measures.mjs';
import { machine, quiet } from './process.mjs';
import { measurements as commands } from './render.mjs';
import { figure, markdown } from './report.mjs';
import { describe, start } from './servers.mjs';
import { LANGUAGES, templateName, writeAll } from './skeletons.mjs';

const COMMAND_RUNS = 5;
/** What the proxy adds something to. */
const PROXIED = ['stream', 'poll', 'dryrun', 'throughput', 'single'];

class UsageError extends Error {}

function readArguments() {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  const { values } = parseArgs({
    options: {
      binary: text, stock: text, proxy: text, only: text, language: text, json: text, markdown: text,
      env: { type: 'string', multiple: true, default: [] },
      'quiet-seconds': { type: 'string', default: '20' },
      commands: flag,
      smoke: flag,
    },
  });
  if (!values.binary) throw new UsageError('`--binary` is needed');
  for (const name of ['binary', 'stock', 'proxy']) {
    if (values[name] && !fs.existsSync(values[name])) throw new UsageError(`\`--${name}\`: there is no \`${values[name]}\``);
  }
  if (values.proxy && !values.stock) throw new UsageError('`--proxy` needs `--stock`, whose Backstage runs it');
  if (values.commands && (values.only || values.stock || values.proxy)) throw new UsageError('`--commands` goes with no other server and with no `--only`');
  const known = measurements('nunjucks', false).map(({ name }) => name);
  const unknown = (values.only?.split(',') ?? []).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`\`--only\` knows ${known.join(', ')}; not \`${unknown}\``);
  if (values.language && !LANGUAGES[values.language]) throw new UsageError(`\`--language\` is one of ${Object.keys(LANGUAGES).join(', ')}`);
  if (values.env.some((each) => !/^[A-Za-z_]\w*=/.test(each))) throw new UsageError('`--env` takes NAME=VALUE');
  if (!(Number(values['quiet-seconds']) >= 0)) throw new UsageError('`--quiet-seconds` takes a number of seconds');
  return values;
}

/** Collects the values of figures, server by server, and says what the machine was like at each. */
class Collected {
  #values = {};
  #failures = {};
  #conditions = {};

  add(server, given, conditions) {
    for (const [key, values] of Object.entries(given)) {
      ((this.#values[server] ??= {})[key] ??= []).push(...values);
      ((this.#conditions[server] ??= {})[key] ??= []).push(...conditions);
    }
  }

  fail(server, name, error) {
    (this.#failures[server] ??= {})[name] = { title: name, error: error.message };
    process.stderr.write(`${name} of ${server} failed: ${error.message}\n`);
  }

  figures(server) {
    const taken = Object.entries(this.#values[server] ?? {}).map(([key, values]) => [
      key,
      { ...figure(...titleOf(key), values), conditions: this.#conditions[server][key] },
    ]);
    return { ...Object.fromEntries(taken), ...this.#failures[server] };
  }
}

/** One round of one measurement; a server that fails is told in its place, and the others go on. */
async function takeRound(measurement, round, targets, limit, collected) {
  const conditions = [];
  const calm = async () => conditions.push(await quiet(limit));
  const settings = { runs: measurement.runs, calm };
  const first = round % targets.length;
  const inTurn = [...targets.slice(first), ...targets.slice(0, first)];
  if (measurement.all) {
    try {
      const given = await measurement.all(inTurn, settings);
      for (const [server, values] of Object.entries(given)) collected.add(server, values, conditions);
    } catch (error) {
      for (const { server } of inTurn) collected.fail(server, measurement.name, error);
    }
    return;
  }
  for (const target of inTurn) {
    conditions.length = 0;
    try {
      collected.add(target.server, await measurement.round(target, settings), conditions);
    } catch (error) {
      collected.fail(target.server, measurement.name, error);
    }
  }
}

async function measureServers(options, target, save) {
  const names = ['stagecraft', 'stock', 'proxy'].filter((name) => name === 'stagecraft' || options[name]);
  const targets = names.map((server) => ({ ...target, server }));
  const collected = new Collected();
  const result = () => Object.fromEntries(targets.map((each) => [each.server, { name: describe(each), figures: collected.figures(each.server) }]));
  for (const each of targets) await (await start(each, templateName('nunjucks', 30))).stop(); // warms the page cache
  const languages = Object.keys(LANGUAGES).filter((each) => !options.language || each === options.language);
  for (const language of languages) {
    for (const measurement of measurements(language, options.smoke)) {
      if (options.only && !options.only.split(',').includes(measurement.name)) continue;
      const takes = ({ server }) =>
        server === 'stagecraft' || (language === 'nunjucks' && (server === 'stock' || PROXIED.includes(measurement.name)));
      for (let round = 0; round < measurement.rounds; round += 1) {
        process.stderr.write(`${new Date().toISOString()} ${measurement.name} (${language}), round ${round + 1} of ${measurement.rounds} …\n`);
        await takeRound(measurement, round, targets.filter(takes), Number(options['quiet-seconds']), collected);
      }
      save(result());
    }
  }
  return result();
}

async function measureCommands(options, target, save) {
  const figures = {};
  const settings = { runs: { command: options.smoke ? 1 : COMMAND_RUNS }, quietSeconds: Number(options['quiet-seconds']) };
  const result = () => ({ stagecraft: { name: `${describe({ ...target, server: 'stagecraft' })}, the command line`, figures } });
  for (const { name, run } of commands().filter(({ name }) => !options.language || name.includes(`.${options.language}.`))) {
    process.stderr.write(`${new Date().toISOString()} ${name} …\n`);
    try {
      Object.assign(figures, await run(target, settings));
    } catch (error) {
      figures[name] = { title: name, error: error.message };
      process.stderr.write(`${name} failed: ${error.message}\n`);
    }
    save(result());
  }
  return result();
}

async function main() {
  const options = readArguments();
  const workDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'stagecraft-bench-'));
  process.on('exit', () => fs.rmSync(workDirectory, { recursive: true, force: true }));
  const skeletons = path.join(workDirectory, 'templates');
  const absolute = (name) => options[name] && path.resolve(options[name]);
  const target = {
    binary: absolute('binary'),
    stock: absolute('stock'),
    proxy: absolute('proxy'),
    workDirectory,
    skeletons,
    templates: writeAll(skeletons),
    overrides: Object.fromEntries(options.env.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)])),
  };
  const about = { when: new Date().toISOString(), smoke: options.smoke, machine: machine() };
  const save = (servers) => options.json && fs.writeFileSync(options.json, JSON.stringify({ ...about, servers }, null, 1) + '\n');
  const servers = await (options.commands ? measureCommands : measureServers)(options, target, save);
  save(servers);
  const text = markdown({ ...about, servers });
  if (options.markdown) fs.writeFileSync(options.markdown, text);
  process.stdout.write(text);
  return Object.values(servers).some(({ figures }) => Object.values(figures).some((each) => each.error)) ? 1 : 0;
}

try {
  process.exit(await main());
} catch (error) {
  const usage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${error.message}\n${usage ? 'See the head of peer.mjs.\n' : ''}`);
  process.exit(usage ? 2 : 1);
}
