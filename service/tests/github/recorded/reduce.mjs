// Takes out of the recordings what the replay reads: who was asked for what, and what was answered.
//
// Of the headers the names are kept, and the values of those that say something about an answer's form.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SAYING = new Set(['content-type', 'link', 'location', 'x-github-media-type']);
const HOST = 'https://api.github.com:443';

function headers(raw) {
  const pairs = [];
  for (let place = 0; place < raw.length; place += 2) pairs.push([raw[place].toLowerCase(), raw[place + 1]]);
  pairs.sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(pairs.map(([name, value]) => [name, SAYING.has(name) ? value : '']));
}

const [from, to] = process.argv.slice(2);
const scenarios = readdirSync(from).sort().map((name) => ({
  name,
  exchanges: JSON.parse(readFileSync(join(from, name, 'raw-fixture.json'), 'utf8'))
    .filter(({ scope }) => scope === HOST)
    .map(({ method, path, body, status, response, rawHeaders, reqheaders }) => ({
      method: method.toUpperCase(),
      path,
      accept: reqheaders?.accept ?? '',
      body: body === '' ? null : body,
      status,
      response: response === '' ? null : response,
      headers: headers(rawHeaders),
    })),
}));
writeFileSync(to, JSON.stringify(scenarios));
