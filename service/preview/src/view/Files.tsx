// The files of the last run: all of them at the left, one of them at the right.

import { useEffect, useMemo, useState } from 'react';
import { getFile } from '../api.ts';
import type { Change, Diff, File, Run } from '../api.ts';
import { highlight, languageOf } from '../highlight.ts';
import { count, size } from '../text.ts';
import { counts, firstFile, grow } from '../tree.ts';
import type { Branch } from '../tree.ts';

const MARKS = { added: '+', changed: '~', removed: '−' };
/** In a longer list folders are closed until somebody opens them. */
const OPEN_UP_TO = 200;

/** The list and the file. With another `version` contents may have changed. */
export function Files({ run, version }: { run: Run; version: string }) {
  const [chosen, choose] = useState<string>();
  const branches = useMemo(() => grow(run.files), [run.files]);
  const isThere = chosen !== undefined && run.files.some(entry => entry.path === chosen);
  const path = isThere ? chosen : firstFile(run.files);
  const changed = counts(run.files);
  const words = (['added', 'changed', 'removed'] as const).filter(change => changed[change] > 0);
  return (
    <div className="files">
      <nav aria-label="Files" className="tree">
        <p className="tree-summary">
          {count(run.files.filter(entry => entry.change !== 'removed').length, 'file')}
          {words.map(word => <span key={word} className={`change ${word}`}>{changed[word]} {word}</span>)}
        </p>
        {run.kept > 0 && <p className="hint">{count(run.kept, 'file')} of the run before: a step failed on the way.</p>}
        <Folder branches={branches} chosen={path} choose={choose} open={run.files.length <= OPEN_UP_TO} />
        {run.more > 0 && <p className="hint">{count(run.more, 'more file')}, not listed.</p>}
      </nav>
      {path === undefined
        ? <p className="empty">The steps make no files.</p>
        : <Content path={path} version={version} change={run.files.find(entry => entry.path === path)?.change} />}
    </div>
  );
}

function Folder(props: { branches: Branch[]; chosen: string | undefined; choose: (path: string) => void; open: boolean }) {
  const { branches, chosen, choose, open } = props;
  return (
    <ul>
      {branches.map(branch => (
        <li key={branch.path}>
          {branch.children ? (
            <details open={open || branch.changes > 0 || chosen?.startsWith(`${branch.path}/`)}>
              <summary>{branch.name}/{branch.changes > 0 && <span className="dot" title="holds changes" />}</summary>
              <Folder {...props} branches={branch.children} />
            </details>
          ) : (
            <button type="button" className={`file ${branch.entry?.change ?? ''}`}
              aria-current={branch.path === chosen ? 'true' : undefined} onClick={() => choose(branch.path)}>
              <span className="name">{branch.name}</span>
              {branch.entry?.change && <Mark change={branch.entry.change} />}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Mark({ change }: { change: Change }) {
  return (
    <span className={`mark ${change}`}>
      <span aria-hidden="true">{MARKS[change]}</span>
      <span className="unseen">{change}</span>
    </span>
  );
}

function Content({ path, version, change }: { path: string; version: string; change: Change | undefined }) {
  const [file, setFile] = useState<File>();
  const [fault, setFault] = useState<string>();
  const [wanted, want] = useState<'content' | 'diff'>();
  useEffect(() => {
    let stale = false;
    getFile(path).then(
      file => {
        if (stale) return;
        setFile(file);
        setFault(undefined);
      },
      (error: Error) => {
        if (!stale) setFault(error.message);
      },
    );
    return () => {
      stale = true;
    };
  }, [path, version]);
  const shown = file?.path === path ? file : undefined;
  const mode = change === undefined ? 'content' : (wanted ?? (change === 'added' ? 'content' : 'diff'));
  return (
    <article className="content" aria-label={path}>
      <header>
        <h3>{path}</h3>
        {shown && shown.kind !== 'removed' && (
          <span className="facts">{size(shown.size)}{shown.executable ? ', executable' : ''}</span>
        )}
        {change && (
          <div className="switch" role="group" aria-label="What to show">
            <button type="button" aria-pressed={mode === 'content'} onClick={() => want('content')}>Content</button>
            <button type="button" aria-pressed={mode === 'diff'} onClick={() => want('diff')}>Diff</button>
          </div>
        )}
      </header>
      {fault !== undefined && <p className="empty">{fault}</p>}
      {fault === undefined && shown && (mode === 'diff' ? <DiffView diff={shown.diff} /> : <Text file={shown} />)}
    </article>
  );
}

function Text({ file }: { file: File }) {
  return (
    <>
      {file.note && <p className="note">{file.note}</p>}
      {file.text !== undefined && <Code text={file.text} path={file.path} />}
    </>
  );
}

/** Source text with line numbers. */
export function Code({ text, path }: { text: string; path: string }) {
  const html = useMemo(() => highlight(text, languageOf(path)), [text, path]);
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  const numbers = Array.from({ length: lines }, (_, index) => index + 1).join('\n');
  return (
    <div className="code" tabIndex={0} role="region" aria-label={`Content of ${path}`}>
      <pre className="numbers" aria-hidden="true">{numbers}</pre>
      {html === undefined
        ? <pre className="source"><code>{text}</code></pre>
        : <pre className="source"><code dangerouslySetInnerHTML={{ __html: html }} /></pre>}
    </div>
  );
}

function DiffView({ diff }: { diff: Diff }) {
  if (diff.kind === 'same') return <p className="note">It is as it was.</p>;
  if (diff.kind === 'opaque') return <p className="note">It differs, but {diff.why}.</p>;
  return (
    <div className="code diff" tabIndex={0} role="region" aria-label="What is different">
      {diff.hunks.map((hunk, index) => (
        <pre key={index}>
          <span className="hunk">@@ -{hunk.before} +{hunk.after} @@{'\n'}</span>
          {hunk.lines.map(([mark, text], line) => (
            <span key={line} className={mark === '+' ? 'added' : mark === '-' ? 'removed' : undefined}>
              {mark} {text}{'\n'}
            </span>
          ))}
        </pre>
      ))}
    </div>
  );
}
