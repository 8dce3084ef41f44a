import type { Provisioner, ProvisionerEvent } from './provisioner.ts';

type Ended = Extract<ProvisionerEvent, { type: 'ended' }>;

/** All that a provisioner has told since it was opened. */
export interface Ear {
  events: ProvisionerEvent[];
  ends(workspaceId: string): Ended[];
  /** Resolves with the first event that fits, one already heard included. */
  until(fits: (event: ProvisionerEvent) => boolean): Promise<ProvisionerEvent>;
}

export function listen(provisioner: Provisioner): Ear {
  const events: ProvisionerEvent[] = [];
  const waiting = new Set<(event: ProvisionerEvent) => void>();
  provisioner.subscribe((event) => {
    events.push(event);
    for (const hear of waiting) hear(event);
  });
  return {
    events,
    ends: (id) => events.filter((event): event is Ended => event.type === 'ended' && event.workspace_id === id),
    until: (fits) =>
      new Promise((resolve) => {
        const hear = (event: ProvisionerEvent): void => {
          if (!fits(event)) return;
          waiting.delete(hear);
          resolve(event);
        };
        waiting.add(hear);
        events.forEach(hear);
      }),
  };
}
