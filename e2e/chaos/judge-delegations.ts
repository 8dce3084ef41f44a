/** All that was seen of delegations, from outside. Lists hold an id as often as it was seen. */
export interface DelegationEvidence {
  /** What the platform acknowledged. */
  given: readonly string[];
  /** As the platform shows it at the end, by id. */
  states: ReadonlyMap<string, string>;
  /** Ends in the platform's ledger of events. */
  ends: readonly string[];
  /** Lines of the results files of the sources. */
  filed: readonly string[];
  /** Messages that told the agents, as the agents wrote down themselves. */
  told: readonly string[];
  /** Incidents of the inbox, one for each time it was counted. */
  inbox: readonly string[];
  /** Tasks whose work the targets' agents did, by their own ledgers. */
  done: readonly string[];
}

export type DelegationVerdict = Record<DelegationPromise, string[]>;
export type DelegationPromise = keyof typeof PROMISES;

const ENDED = ['completed', 'failed', 'expired'];

export const PROMISES = {
  ended: 'each ends in exactly one state',
  filed: 'each result is in its source’s file once',
  told: 'each result is told to its source’s agent once',
  shown: 'each has one line in the inbox',
  done: 'no work is done twice',
} as const;

/** Each promise, and what broke it, in words with ids; empty: it was kept. */
export function judgeDelegations(seen: DelegationEvidence): DelegationVerdict {
  const once = (what: string, list: readonly string[]) => {
    const times = countOf(list);
    return seen.given.flatMap((id) => ((times.get(id) ?? 0) === 1 ? [] : [`${id} is ${times.get(id) ?? 0} times ${what}`]));
  };
  const open = seen.given.flatMap((id) => {
    const state = seen.states.get(id) ?? 'unknown';
    return ENDED.includes(state) ? [] : [`${id} is ${state}`];
  });
  const twice = [...countOf(seen.done)].flatMap(([id, times]) => (times > 1 ? [`${id} was done ${times} times`] : []));
  return {
    ended: [...open, ...once('ended in the ledger', seen.ends)],
    filed: once('in the file', seen.filed),
    told: once('told', seen.told),
    shown: once('in the inbox', seen.inbox),
    done: twice,
  };
}

export function brokenDelegations(verdict: DelegationVerdict): number {
  return Object.values(verdict).reduce((sum, broken) => sum + broken.length, 0);
}

export function verdictText(verdict: DelegationVerdict): string {
  return Object.entries(PROMISES)
    .map(([name, says]) => {
      const broken = verdict[name as DelegationPromise];
      return broken.length === 0
        ? `✓ ${says}`
        : `✗ ${says}: ${broken.length} times not\n${broken
            .slice(0, 10)
            .map((one) => `    ${one}`)
            .join('\n')}`;
    })
    .join('\n');
}

function countOf(list: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of list) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
