// Turns measured values into figures, and figures into Markdown tables.

/** A figure: what was measured, in which unit, and how the runs were spread. `median` is the answer. */
export function figure(title, unit, values) {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
  return {
    title,
    unit,
    runs: sorted.length,
    median: round(at(0.5)),
    p95: round(at(0.95)),
    least: round(sorted[0]),
    most: round(sorted.at(-1)),
    values: values.map(round),
  };
}

/** Two decimals below 100, none above 1,000: more would pretend to a precision that is not there. */
function round(value) {
  const factor = Math.abs(value) < 100 ? 100 : Math.abs(value) < 1000 ? 10 : 1;
  return Math.round(value * factor) / factor;
}

const number = (value) => value.toLocaleString('en-US', { maximumFractionDigits: 2 });

const row = (cells) => `| ${cells.join(' | ')} |`;

function table(header, rows) {
  return [row(header), row(header.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(row)].join('\n');
}

/** A p95 of a handful of runs would only repeat the worst of them. */
const p95 = (each) => (each.runs >= 20 ? number(each.p95) : '');

function plainTable(figures) {
  const rows = Object.values(figures).map((each) =>
    each.error
      ? [each.title, `failed: ${each.error.trim().replaceAll('|', '/').replaceAll('\n', ' ')}`, '', '', '', '']
      : [each.title, `${number(each.median)} ${each.unit}`, p95(each), number(each.least), number(each.most), each.runs],
  );
  return table(['Figure', 'Median', 'p95', 'Least', 'Most', 'Runs'], rows);
}

/** How many times better our median is: a time or a size is better small, a rate is better large. */
export function timesBetter(own, theirs) {
  const [better, worse] = own.unit.endsWith('/s') ? [own.median, theirs.median] : [theirs.median, own.median];
  return worse > 0 ? round(better / worse) : Infinity;
}

/** What Stagecraft wants to be better by, at the least; everything else by any measure at all. */
const AIMS = { 'start.ready': 20, 'memory.settled': 8, 'memory.peak': 8, 'stream.nunjucks.30': 50 };

const measured = (each) => each && !each.error;

function sideBySide({ stagecraft, stock, proxy }) {
  const others = [stock, proxy].filter(Boolean);
  const header = ['Figure', 'Stagecraft', 'p95', ...others.flatMap((each) => [each.name, 'p95', ...(each === stock ? ['Times better', 'Aim'] : ['Added'])])];
  const rows = Object.entries(stagecraft.figures).filter(([, own]) => !own.error).map(([key, own]) => [
    own.title,
    `${number(own.median)} ${own.unit}`,
    p95(own),
    ...others.flatMap((each) => {
      const theirs = each.figures[key];
      const isStock = each === stock;
      if (!measured(theirs)) return isStock ? ['', '', '', ''] : ['', '', ''];
      const added = () => `${number(round(theirs.median - own.median))} ${own.unit}`;
      const last = isStock ? [number(timesBetter(own, theirs)), AIMS[key] ?? ''] : [added()];
      return [`${number(theirs.median)} ${theirs.unit}`, p95(theirs), ...last];
    }),
  ]);
  return table(header, rows);
}

function aims({ stagecraft, stock }) {
  return Object.entries(stagecraft.figures).flatMap(([key, own]) => {
    const theirs = stock.figures[key];
    if (!measured(own) || !measured(theirs)) return [];
    const [better, aim] = [timesBetter(own, theirs), AIMS[key] ?? 1];
    return better < aim ? [`**Missed: ${own.title}: ${number(better)} times better, the aim is ${aim}.**`] : [];
  });
}

/** The result as Markdown: every server by itself, and all of them side by side. */
export function markdown({ when, machine, smoke, servers }) {
  const lines = [`${when}, ${machine.processor}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, ${machine.system}.`];
  if (smoke) lines.push('', '**A smoke run: too few runs to quote.**');
  const several = Object.keys(servers).length > 1;
  if (several) lines.push('', '## Side by side', '', sideBySide(servers));
  if (servers.stock) {
    const missed = aims(servers);
    lines.push('', ...(missed.length > 0 ? missed.flatMap((line) => [line, '']) : ['Every aim is met, and no figure is worse.']));
  }
  for (const { name, figures } of Object.values(servers)) {
    const noisy = Object.values(figures).filter((each) => each.conditions?.some(({ quiet }) => !quiet));
    lines.push('', `## ${name}`, '', plainTable(figures));
    if (noisy.length > 0) lines.push('', `**The machine was not quiet before: ${noisy.map((each) => each.title).join('; ')}.**`);
  }
  return lines.join('\n') + '\n';
}
