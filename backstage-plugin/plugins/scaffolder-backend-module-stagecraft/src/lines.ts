import type { TaskEvent } from '@stagecraft/backstage-plugin-stagecraft-node';

/** A line of a task's log. */
export interface Line {
  level: 'error' | 'warn' | 'info' | 'debug';
  /** With the step in front, if it is a step's. */
  text: string;
}

/** Actions of the service write their lines as Backstage's do: the level in a colour, then the text. */
const LEVELLED = /^\u001b\[\d+m(error|warn|info|debug)\u001b\[39m: /;

/** The line that an event is, unless it says nothing. */
export function lineOf({ body }: Pick<TaskEvent, 'body'>): Line | undefined {
  const message = body.message ?? '';
  if (message === '') {
    return undefined;
  }
  const [prefix = '', level] = LEVELLED.exec(message) ?? [];
  const text = message.slice(prefix.length);
  return {
    level: body.status === 'failed' ? 'error' : ((level as Line['level'] | undefined) ?? 'info'),
    text: body.stepId ? `[${body.stepId}] ${text}` : text,
  };
}
