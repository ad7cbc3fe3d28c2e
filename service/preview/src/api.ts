// What the server tells (`service/src/http/preview/shape.rs` has the same names), and how it is asked.

/** A value as JSON knows it. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
/** The values of a form. */
export type Values = { [name: string]: Json };

/** Everything but the contents of files. */
export interface State {
  /** Another one after the server was started anew: its numbers begin again then. */
  session: string;
  revision: number;
  /** Grows when the values changed otherwise than through the form. */
  form: number;
  tookMs: number;
  /** Whether the run is of the present files and values. */
  current: boolean;
  template?: { ref: string; form: Form };
  cases: { name: string; description?: string }[];
  case?: string;
  values: Values;
  findings: Finding[];
  run?: Run;
}

/** The form as Backstage's own page gets it. */
export interface Form {
  title: string;
  description?: string;
  steps: Page[];
}

/** One page of the form. */
export interface Page {
  title: string;
  description?: string;
  schema: { [name: string]: Json };
}

/** Something that is wrong. */
export interface Finding {
  level: 'error' | 'values' | 'warning';
  location?: string;
  line?: number;
  message: string;
  excerpt?: { first: number; lines: string[] };
}

/** What came of the template. */
export interface Run {
  failed: boolean;
  /** Files of the run before, because a step failed before it could make them. */
  kept: number;
  first: boolean;
  steps: Step[];
  output: Json;
  files: Entry[];
  /** Files that are not listed. */
  more: number;
}

/** One step of a run. */
export interface Step {
  id: string;
  name: string;
  action: string;
  /** Nothing where the run did not reach it. */
  end?: 'ran' | 'left out' | 'skipped' | 'failed';
  why?: string;
  inputs: { iteration?: string; input: Json }[];
  /** What later steps read of it. */
  output: Json;
  lines: string[];
}

/** What became of a file. */
export type Change = 'added' | 'changed' | 'removed';

/** A file in the list. */
export interface Entry {
  path: string;
  kind: 'file' | 'link' | 'folder';
  change?: Change;
}

/** A file with its content. */
export interface File {
  path: string;
  kind: 'file' | 'link' | 'folder' | 'removed';
  size: number;
  executable: boolean;
  text?: string;
  note?: string;
  diff: Diff;
}

/** What is different in a file. */
export type Diff =
  | { kind: 'same' }
  | { kind: 'opaque'; why: string }
  | { kind: 'lines'; hunks: { before: number; after: number; lines: [mark: ' ' | '+' | '-', text: string][] }[] };

/** An answer that is not the one that was asked for. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

async function read<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const body = (await response.json().catch(() => undefined)) as { error?: { message?: string } } | undefined;
  throw new RequestError(body?.error?.message ?? `the preview answered ${response.status}`);
}

async function post<T>(path: string, body: Json): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return read<T>(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

/** The present state. */
export async function getState(): Promise<State> {
  return read<State>(await fetch('/api/state'));
}

/** What the stream of events calls a state. */
export function keyOf(state: State): string {
  return `${state.session}/${state.revision}`;
}

/** One file of the last run. */
export async function getFile(path: string): Promise<File> {
  return read<File>(await fetch(`/api/file?path=${encodeURIComponent(path)}`));
}

/** Runs the template with these values. */
export async function sendValues(options: { values: Values; secrets: { [name: string]: string } }): Promise<State> {
  return post<State>('/api/values', options);
}

/** Takes the values of a case, or the defaults. */
export async function chooseCase(name: string | undefined): Promise<State> {
  return post<State>('/api/case', { case: name ?? null });
}

/** Tells of every new state, and whether the server is there. */
export function listen(options: { onState: (key: string) => void; onLive: (live: boolean) => void }): () => void {
  const events = new EventSource('/api/events');
  events.addEventListener('open', () => options.onLive(true));
  events.addEventListener('error', () => options.onLive(false));
  events.addEventListener('state', event => options.onState(String(event.data)));
  return () => events.close();
}
