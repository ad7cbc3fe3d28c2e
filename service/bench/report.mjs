// Turns measured values into figures, and figures into a Markdown table.

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
const p95 = (each) => (each.runs >= 20 ? number(each.p95) : '–');

function plainTable(figures) {
  const rows = Object.values(figures).map((each) =>
    each.error
      ? [each.title, `failed: ${each.error.trim().replaceAll('|', '/').replaceAll('\n', ' ')}`, '', '', '', '']
      : [each.title, `${number(each.median)} ${each.unit}`, p95(each), number(each.least), number(each.most), each.runs],
  );
  return table(['Figure', 'Median', 'p95', 'Least', 'Most', 'Runs'], rows);
}

/** How many times better the first median is: a time or a size is better small, a rate is better large. */
function timesBetter(own, theirs) {
  const [better, worse] = own.unit.endsWith('/s') ? [own.median, theirs.median] : [theirs.median, own.median];
  return worse > 0 ? number(round(better / worse)) : '–';
}

function comparedTable(result, other) {
  const keys = Object.keys(result.figures).filter((key) => !result.figures[key].error);
  const rows = keys.map((key) => {
    const [own, theirs] = [result.figures[key], other.figures[key]];
    const measured = theirs && !theirs.error;
    return [
      own.title,
      `${number(own.median)} ${own.unit}`,
      p95(own),
      measured ? `${number(theirs.median)} ${theirs.unit}` : '–',
      measured ? p95(theirs) : '–',
      measured ? timesBetter(own, theirs) : '–',
    ];
  });
  return table(['Figure', result.name, 'p95', other.name, 'p95', 'Times better'], rows);
}

/** The result as Markdown; with `other`, the two side by side. */
export function markdown(result, other) {
  const { machine } = result;
  const lines = [
    `## ${result.name}`,
    '',
    `${result.when}, ${machine.processor}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, ${machine.system}.`,
  ];
  if (result.smoke) lines.push('', '**A smoke run: too few runs to quote.**');
  const noisy = Object.keys(result.figures).filter((key) => result.figures[key].conditions?.quiet === false);
  if (noisy.length > 0) lines.push('', `**The machine was not quiet before ${noisy.join(', ')}.**`);
  lines.push('', plainTable(result.figures));
  if (other) lines.push('', '### Side by side', '', comparedTable(result, other));
  return lines.join('\n') + '\n';
}
