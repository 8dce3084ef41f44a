'use client';

import { Choices } from '#components/ui/choices.tsx';

/** How a restart of many goes about it. */
export interface Rules {
  concurrency: number;
  busy: 'wait' | 'skip';
  deadline_seconds: number | null;
  stop_after_failures: number | null;
  reason: string;
}

export const FIRST_RULES: Rules = { concurrency: 3, busy: 'wait', deadline_seconds: 60, stop_after_failures: 1, reason: '' };

const BUSY: readonly { value: Rules['busy']; label: string }[] = [
  { value: 'wait', label: 'wait for its work' },
  { value: 'skip', label: 'skip it' },
];
const WAITS: readonly { value: number | null; label: string }[] = [
  { value: 60, label: '1 min' },
  { value: 900, label: '15 min' },
  { value: 3600, label: '60 min' },
  { value: null, label: 'no limit' },
];
const STOPS: readonly { value: number | null; label: string }[] = [
  { value: 1, label: '1 failure' },
  { value: 3, label: '3' },
  { value: 10, label: '10' },
  { value: null, label: 'never' },
];

export function BulkRules({ rules, onChange }: { rules: Rules; onChange: (rules: Rules) => void }) {
  return (
    <>
      <label className="flex items-center gap-3 text-sm font-semibold">
        At a time
        <input
          type="number"
          required
          min={1}
          max={50}
          step={1}
          value={Number.isNaN(rules.concurrency) ? '' : rules.concurrency}
          onChange={(event) => onChange({ ...rules, concurrency: event.target.valueAsNumber })}
          className="h-8 w-20 rounded-md border border-line-strong bg-bg px-2.5 text-sm font-normal coarse:h-11 coarse:text-base"
        />
        <span className="font-normal text-faint">1 to 50</span>
      </label>
      <Choices legend="When one is busy" options={BUSY} value={rules.busy} onChange={(busy) => onChange({ ...rules, busy })} />
      {rules.busy === 'wait' && (
        <div className="grid gap-1.5">
          <Choices
            legend="Wait for running work"
            options={WAITS}
            value={rules.deadline_seconds}
            onChange={(deadline_seconds) => onChange({ ...rules, deadline_seconds })}
          />
          <p className="text-xs text-faint">
            {rules.deadline_seconds === null
              ? 'Each waits until its work is done, however long that is.'
              : 'What still runs then is cancelled, listed in the snapshot, and its messages are delivered again.'}
          </p>
        </div>
      )}
      <Choices
        legend="Pause after"
        options={STOPS}
        value={rules.stop_after_failures}
        onChange={(stop_after_failures) => onChange({ ...rules, stop_after_failures })}
      />
      <label className="grid gap-1.5 text-sm font-semibold">
        Why (optional)
        <input
          value={rules.reason}
          maxLength={500}
          autoComplete="off"
          placeholder="new prompt"
          onChange={(event) => onChange({ ...rules, reason: event.target.value })}
          className="h-8 w-full rounded-md border border-line-strong bg-bg px-2.5 text-sm font-normal placeholder:text-faint coarse:h-11 coarse:text-base"
        />
      </label>
    </>
  );
}
