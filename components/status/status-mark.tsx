import { Age } from '#components/ui/age.tsx';
import { SHOWN_STATE_LABEL, type ShownState } from '#lib/contract/workspace-status.ts';
import { StatusShape } from './status-shape.tsx';

/** Colour, shape and word, and for how long. */
export function StatusMark({ state, since }: { state: ShownState; since: number }) {
  return (
    <p className="flex flex-none items-center gap-1.5 text-xs font-medium text-tone">
      <StatusShape state={state} />
      {SHOWN_STATE_LABEL[state]}
      <span className="font-normal text-faint">
        <Age at={since} />
      </span>
    </p>
  );
}
