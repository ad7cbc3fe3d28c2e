// The page: the form at the left, what came of it at the right.

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { chooseCase, getState, keyOf, listen, sendValues } from './api.ts';
import type { State, Values } from './api.ts';
import type { FormContext } from './form/context.ts';
import { FormPane } from './form/FormPane.tsx';
import { count, duration } from './text.ts';
import { Files } from './view/Files.tsx';
import { Findings } from './view/Findings.tsx';
import { Output, Steps } from './view/Steps.tsx';
import { Tabs } from './view/Tabs.tsx';

/** So long after the last key the values are sent. */
const PAUSE_MS = 120;

/** Everything. */
export function App() {
  const { state, values, secrets, live, fault, change, setSecret, choose } = usePreview();
  const context = useMemo<FormContext>(() => ({ secrets, setSecret }), [secrets, setSecret]);
  if (state === undefined) return <p className="empty">{fault ?? 'Loading the preview …'}</p>;
  const { template, run } = state;
  return (
    <>
      <Top state={state} live={live} choose={choose} />
      {fault !== undefined && <p className="fault" role="alert">{fault}</p>}
      <main>
        <section className="pane form-pane" aria-label="Form">
          {template
            ? <FormPane key={`${state.session}/${state.form}`} pages={template.form.steps} values={values} context={context} onChange={change} />
            : <p className="empty">The template cannot be read; see what is wrong.</p>}
        </section>
        <section className="pane result-pane" aria-label="Result">
          <Findings findings={state.findings} />
          {run ? (
            <Tabs label="Result" tabs={[
              { title: 'Files', note: String(run.files.length + run.more), body: <Files run={run} version={keyOf(state)} /> },
              { title: 'Steps', note: String(run.steps.length), body: <Steps steps={run.steps} /> },
              { title: 'Output', body: <Output output={run.output} /> },
            ]} />
          ) : <p className="empty">Nothing was rendered yet.</p>}
        </section>
      </main>
    </>
  );
}

function Top({ state, live, choose }: { state: State; live: boolean; choose: (name: string | undefined) => void }) {
  const { template, cases, run } = state;
  const failed = run?.steps.filter(step => step.end === 'failed').length ?? 0;
  const word = !state.current ? 'Not rendered' : failed > 0 ? `${count(failed, 'step')} failed` : 'Rendered';
  return (
    <header className="top">
      <img src="/icon.svg" alt="" width="32" height="32" />
      <div className="what">
        <h1>{template?.form.title ?? 'Template'}</h1>
        <p>{template ? <code>{template.ref}</code> : 'Stagecraft preview'}</p>
      </div>
      {cases.length > 0 && (
        <div className="case">
          <label htmlFor="case">Start from</label>
          <select id="case" value={state.case ?? ''} onChange={event => choose(event.target.value || undefined)}>
            <option value="">Defaults</option>
            {cases.map(({ name, description }) => <option key={name} value={name} title={description}>{name}</option>)}
          </select>
          <button type="button" className="button" onClick={() => choose(state.case)}>Reset</button>
        </div>
      )}
      <p className={`status ${!state.current || failed > 0 ? 'bad' : 'good'}`} role="status">
        {word} in {duration(state.tookMs)}
        <span className={`live ${live ? 'on' : 'off'}`}>{live ? 'live' : 'reconnecting …'}</span>
      </p>
    </header>
  );
}

/** Holds the newest state, and the values of the form until the server has them. */
function usePreview() {
  const [state, setState] = useState<State>();
  const [values, setValues] = useState<Values>({});
  const [secrets, setSecrets] = useState<{ [name: string]: string }>({});
  const [live, setLive] = useState(false);
  const [fault, setFault] = useState<string>();
  const newest = useRef<State>(undefined);
  const sent = useRef('');
  const timer = useRef<number>(undefined);

  const take = useCallback((fresh: State) => {
    const before = newest.current;
    const isSame = before?.session === fresh.session;
    // Answers may come in another order than they were sent.
    if (isSame && fresh.revision < before.revision) return;
    newest.current = fresh;
    setState(fresh);
    setFault(undefined);
    if (!isSame || before.form !== fresh.form) {
      window.clearTimeout(timer.current);
      sent.current = JSON.stringify([fresh.values, {}]);
      setValues(fresh.values);
      setSecrets({});
    }
  }, []);
  const ask = useCallback((answer: Promise<State>) => {
    answer.then(take, (error: Error) => setFault(error.message));
  }, [take]);

  useEffect(() => listen({
    onLive: setLive,
    onState: key => {
      if (newest.current === undefined || keyOf(newest.current) !== key) ask(getState());
    },
  }), [ask]);

  // The values are sent once nothing was typed for a moment, and only if they are others.
  useEffect(() => {
    if (newest.current === undefined) return;
    const text = JSON.stringify([values, secrets]);
    if (text === sent.current) return;
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      sent.current = text;
      ask(sendValues({ values, secrets }));
    }, PAUSE_MS);
  }, [values, secrets, ask]);

  const setSecret = useCallback((name: string, value: string | undefined) => {
    setSecrets(known => {
      if (known[name] === value) return known;
      const { [name]: _, ...rest } = known;
      return value === undefined ? rest : { ...rest, [name]: value };
    });
  }, []);
  const choose = useCallback((name: string | undefined) => ask(chooseCase(name)), [ask]);
  return { state, values, secrets, live, fault, change: setValues, setSecret, choose };
}
