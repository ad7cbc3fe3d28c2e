// Panels of which one is shown; arrow keys go from one to the next.

import { useId, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';

/** One panel. */
export interface Tab {
  title: string;
  note?: string;
  body: ReactNode;
}

/** The panels with their list. */
export function Tabs({ tabs, label }: { tabs: Tab[]; label: string }) {
  const [at, setAt] = useState(0);
  const id = useId();
  const buttons = useRef<(HTMLButtonElement | null)[]>([]);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const to = (at + by + tabs.length) % tabs.length;
    setAt(to);
    buttons.current[to]?.focus();
  };
  return (
    <div className="tabs">
      <div role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map((tab, index) => (
          <button key={tab.title} type="button" role="tab" id={`${id}-${index}`} aria-selected={index === at}
            aria-controls={`${id}-panel`} tabIndex={index === at ? 0 : -1} onClick={() => setAt(index)}
            ref={button => {
              buttons.current[index] = button;
            }}>
            {tab.title}{tab.note && <span className="tab-note">{tab.note}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${at}`} className="panel">
        {tabs[at]?.body}
      </div>
    </div>
  );
}
