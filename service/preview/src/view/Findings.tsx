// What is wrong, with the source around it.

import type { Finding } from '../api.ts';
import { count } from '../text.ts';

const WORDS = { error: 'Error', values: 'Form', warning: 'Warning' };

/** The list of findings; nothing where there is none. */
export function Findings({ findings }: { findings: Finding[] }) {
  const errors = findings.filter(finding => finding.level === 'error').length;
  return (
    <section aria-label="Findings" className="findings" aria-live="polite">
      {findings.length > 0 && (
        <>
          <h2>{errors > 0 ? count(errors, 'error') : count(findings.length, 'hint')}</h2>
          <ul>
            {findings.map((finding, index) => <Item key={index} finding={finding} />)}
          </ul>
        </>
      )}
    </section>
  );
}

function Item({ finding }: { finding: Finding }) {
  const { level, location, line, message, excerpt } = finding;
  return (
    <li className={`finding ${level}`}>
      <p>
        <span className="badge">{WORDS[level]}</span>
        {location && <code className="location">{location}</code>}
        <span className="message">{message}</span>
      </p>
      {excerpt && (
        <pre className="excerpt" tabIndex={0}>
          {excerpt.lines.map((text, index) => (
            <span key={index} className={excerpt.first + index === line ? 'at' : undefined}>
              <i>{String(excerpt.first + index).padStart(4)}</i> {text}{'\n'}
            </span>
          ))}
        </pre>
      )}
    </li>
  );
}
