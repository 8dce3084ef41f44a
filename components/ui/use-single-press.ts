import { useState } from 'react';

interface Pressed<What> {
  what: What;
  /** How things stood at the press. */
  at: string;
  busy: boolean;
}

/**
 * One call for one press: what was pressed, from the press until its call was refused, or until what it was about has
 * changed after the call was taken. `stands` says in a text how that stands now. Null: nothing is pressed.
 */
export function useSinglePress<What extends string>(stands: string) {
  const [pressed, setPressed] = useState<Pressed<What> | null>(null);
  if (pressed !== null && !pressed.busy && pressed.at !== stands) setPressed(null);
  /** `work` resolves to whether it was taken, and never rejects. */
  const press = async (what: What, work: () => Promise<boolean>) => {
    setPressed({ what, at: stands, busy: true });
    const taken = await work();
    setPressed(taken ? { what, at: stands, busy: false } : null);
  };
  return { pressed: pressed?.what ?? null, press };
}
