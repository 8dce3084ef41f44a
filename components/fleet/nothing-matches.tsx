'use client';

import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { SHOWN_STATE_LABEL, type ShownState } from '#lib/contract/workspace-status.ts';

/** Nothing fits the filter: says which one, and takes it away. Not to be confused with a fleet that is empty. */
export function NothingMatches({ q, states, onClear }: { q: string; states: readonly ShownState[]; onClear: () => void }) {
  const parts = [q === '' ? '' : `“${plainText(q)}”`, states.map((state) => SHOWN_STATE_LABEL[state]).join(' or ')].filter(
    (part) => part !== '',
  );
  return (
    <div
      role="status"
      className="grid justify-items-center gap-3 rounded-lg border border-dashed border-line-strong px-5 py-16 text-center"
    >
      <p className="font-semibold">Nothing matches {parts.join(' in ')}</p>
      <p className="max-w-md text-soft">
        Words are looked for in names, roles, tasks, runtimes and errors. Filters look like{' '}
        <code className="font-mono text-xs">status:wedged</code>, <code className="font-mono text-xs">runtime:codex</code>,{' '}
        <code className="font-mono text-xs">error&gt;0.2</code> or <code className="font-mono text-xs">beat&gt;5m</code>.
      </p>
      <Button onClick={onClear}>Show all</Button>
    </div>
  );
}
