// What the steps were given and what came of them; and what the template puts out.

import type { Json, Step } from '../api.ts';
import { highlight } from '../highlight.ts';
import { isNode } from '../schema.ts';
import { withoutColours } from '../text.ts';

const WORDS = { ran: 'Ran', 'left out': 'Left out', skipped: 'Skipped', failed: 'Failed' };

/** All steps in order. */
export function Steps({ steps }: { steps: Step[] }) {
  return (
    <ol className="steps">
      {steps.map((step, index) => <Item key={index} step={step} />)}
    </ol>
  );
}

function Item({ step }: { step: Step }) {
  const end = step.end ?? 'skipped';
  const hasOutput = isNode(step.output) && Object.keys(step.output).length > 0;
  return (
    <li>
      <details open={end === 'failed'} className={end}>
        <summary>
          <span className={`badge ${end}`}>{step.end ? WORDS[step.end] : 'Not reached'}</span>
          <span className="step-name">{step.name}</span>
          <code>{step.action}</code>
        </summary>
        {step.why && <p className="why">{withoutColours(step.why)}</p>}
        {step.inputs.map((input, index) => (
          <section key={index}>
            <h3>Input{input.iteration === undefined ? '' : ` for ${input.iteration}`}</h3>
            <Data value={input.input} />
          </section>
        ))}
        {hasOutput && (
          <section>
            <h3>Output{end === 'left out' ? ', an example' : ''}</h3>
            <Data value={step.output} />
          </section>
        )}
        {step.lines.length > 0 && (
          <section>
            <h3>Log</h3>
            <pre className="log" tabIndex={0}>{step.lines.map(withoutColours).join('\n')}</pre>
          </section>
        )}
      </details>
    </li>
  );
}

function Data({ value }: { value: Json }) {
  const text = JSON.stringify(value, undefined, 2);
  const html = highlight(text, 'json');
  return html === undefined
    ? <pre className="data" tabIndex={0}>{text}</pre>
    : <pre className="data" tabIndex={0} dangerouslySetInnerHTML={{ __html: html }} />;
}

/** Links, texts and other output. */
export function Output({ output }: { output: Json }) {
  const node = isNode(output) ? output : {};
  const { links, text, ...rest } = node;
  const items = (value: Json | undefined) => (Array.isArray(value) ? value.filter(isNode) : []);
  const isEmpty = Object.keys(node).length === 0;
  if (isEmpty) return <p className="empty">The template puts nothing out.</p>;
  return (
    <div className="output">
      <p className="hint">Outputs of steps that a preview leaves out are examples.</p>
      {items(links).length > 0 && (
        <section>
          <h3>Links</h3>
          <ul>
            {items(links).map((link, index) => (
              <li key={index}>
                {String(link['title'] ?? link['url'] ?? link['entityRef'] ?? 'Link')}{' '}
                <code>{String(link['url'] ?? link['entityRef'] ?? '')}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
      {items(text).map((item, index) => (
        <section key={index}>
          <h3>{String(item['title'] ?? 'Text')}</h3>
          <pre className="log" tabIndex={0}>{String(item['content'] ?? '')}</pre>
        </section>
      ))}
      {Object.keys(rest).length > 0 && (
        <section>
          <h3>Values</h3>
          <Data value={rest} />
        </section>
      )}
    </div>
  );
}
