'use client';

import { KIND_LABEL, KINDS } from '#components/inbox/inbox-words.ts';
import type { ChannelRules } from '#lib/contract/channels.ts';
import type { IncidentKind, Severity } from '#lib/contract/incidents.ts';
import { SEVERITY_RULE, SEVERITY_RULES } from './channel-words.ts';
import { SelectField, Tick } from './field.tsx';

/** Which incidents go to a channel. */
export function RulesFields({ rules, onChange }: { rules: ChannelRules; onChange: (rules: ChannelRules) => void }) {
  const has = (kind: IncidentKind) => rules.kinds.includes(kind);
  const toggle = (kind: IncidentKind) =>
    onChange({ ...rules, kinds: has(kind) ? rules.kinds.filter((one) => one !== kind) : [...rules.kinds, kind] });
  return (
    <div className="grid gap-2">
      <SelectField
        label="What is sent"
        value={rules.severity}
        onChange={(event) => onChange({ ...rules, severity: event.target.value as Severity })}
      >
        {SEVERITY_RULES.map((severity) => (
          <option key={severity} value={severity}>
            {SEVERITY_RULE[severity]}
          </option>
        ))}
      </SelectField>
      <Tick checked={rules.recovery} onChange={() => onChange({ ...rules, recovery: !rules.recovery })}>
        Also when it is over
      </Tick>
      <details open={rules.kinds.length > 0} className="text-sm">
        <summary className="py-1 text-soft coarse:min-h-11 coarse:py-3">
          {rules.kinds.length === 0 ? 'Of every kind' : `Only of ${rules.kinds.length} of ${KINDS.length} kinds`}
        </summary>
        <fieldset className="grid gap-x-3 sm:grid-cols-2">
          <legend className="sr-only">Only these kinds; none ticked: every kind</legend>
          {KINDS.map((kind) => (
            <Tick key={kind} checked={has(kind)} onChange={() => toggle(kind)}>
              {KIND_LABEL[kind]}
            </Tick>
          ))}
        </fieldset>
      </details>
    </div>
  );
}
