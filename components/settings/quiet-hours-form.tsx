'use client';

import { type FormEvent, useState, useSyncExternalStore } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Switch } from '#components/ui/switch.tsx';
import type { QuietHours } from '#lib/contract/preferences.ts';
import { Field, SelectField, Tick } from './field.tsx';

const subscribeNever = () => () => undefined;
const zoneHere = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;
/** Every zone this browser knows, and the chosen one, which may come from another browser. */
const zones = (chosen: string) => [...new Set([chosen, 'UTC', ...Intl.supportedValuesOf('timeZone')])].sort();

interface QuietHoursFormProps {
  quiet: QuietHours | null;
  onChange: (quiet: QuietHours | null) => Promise<boolean>;
}

/** When nothing but what is critical is sent. What comes meanwhile waits until they end. */
export function QuietHoursForm({ quiet, onChange }: QuietHoursFormProps) {
  const here = useSyncExternalStore(subscribeNever, zoneHere, () => 'UTC');
  const [busy, setBusy] = useState(false);
  const save = async (next: QuietHours | null) => {
    setBusy(true);
    await onChange(next);
    setBusy(false);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '');
    void save({ from: text('from'), to: text('to'), zone: text('zone'), let_critical_through: form.get('critical') !== null });
  };
  return (
    <div className="grid gap-3">
      <div className="flex items-center justify-between gap-4 text-sm">
        <p id="quiet-label">
          Quiet hours <span className="text-soft">what comes then is sent to your channels when they end</span>
        </p>
        <Switch
          on={quiet !== null}
          labelledBy="quiet-label"
          disabled={busy}
          onChange={(on) => void save(on ? { from: '22:00', to: '07:00', zone: here, let_critical_through: true } : null)}
        />
      </div>
      {quiet !== null && (
        <form key={JSON.stringify(quiet)} onSubmit={submit} className="grid gap-3 sm:grid-cols-[8rem_8rem_minmax(0,1fr)]">
          <Field name="from" label="From" type="time" required defaultValue={quiet.from} />
          <Field name="to" label="To" type="time" required defaultValue={quiet.to} />
          <SelectField name="zone" label="In the zone of" defaultValue={quiet.zone}>
            {zones(quiet.zone).map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </SelectField>
          <div className="flex flex-wrap items-center justify-between gap-3 sm:col-span-3">
            <Tick name="critical" defaultChecked={quiet.let_critical_through}>
              What is critical is sent all the same
            </Tick>
            <Button type="submit" disabled={busy}>
              Save the hours
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}
