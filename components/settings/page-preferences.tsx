'use client';

import { Switch } from '#components/ui/switch.tsx';
import { Panel } from '#components/workspace/panel.tsx';
import type { Preferences } from '#lib/contract/preferences.ts';
import { QuietHoursForm } from './quiet-hours-form.tsx';
import { usePreferences } from './use-preferences.ts';

/** When a person is told, and whether the page speaks up. */
export function PagePreferences({ initial }: { initial: Preferences }) {
  const { preferences, change } = usePreferences(initial);
  return (
    <Panel id="when" title="When">
      <QuietHoursForm
        quiet={preferences.quiet_hours}
        onChange={(quiet_hours) =>
          change({ quiet_hours }, quiet_hours === null ? 'There are no quiet hours now.' : 'The quiet hours are saved.')
        }
      />
      <div className="flex items-center justify-between gap-4 border-t border-line pt-3 text-sm">
        <p id="toasts-label">
          Toasts <span className="text-soft">what is new comes up over the foot of the other pages</span>
        </p>
        <Switch on={preferences.toasts} labelledBy="toasts-label" onChange={(toasts) => void change({ toasts }, null)} />
      </div>
    </Panel>
  );
}
