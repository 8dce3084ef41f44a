import { setTimeout as wait } from 'node:timers/promises';
import type { Agent, AgentHost, AgentTask } from '#lib/runtime/agent.ts';
import type { SampleRole } from '#lib/runtime/config-schema.ts';
import { sentenceOf } from '#lib/runtime/log.ts';
import { indexer } from './indexer.ts';
import { lead } from './lead.ts';
import { linkChecker } from './link-checker.ts';
import type { SampleBehaviour, SampleDesk } from './sample-behaviour.ts';
import { searcher } from './searcher.ts';
import { statistician } from './statistician.ts';
import { writer } from './writer.ts';

const ROLES: Record<SampleRole, () => SampleBehaviour> = { lead, indexer, searcher, statistician, 'link-checker': linkChecker, writer };

/** A member of the sample team: small real work on the files of a project, without a model or a network. */
export function sampleAgent(role: SampleRole, options: { root: string; pace: number }): Agent {
  const behaviour = ROLES[role]();
  const stopping = new AbortController();
  let desk: SampleDesk | null = null;
  let living: Promise<void> = Promise.resolve();
  return {
    name: behaviour.name,
    description: behaviour.description,
    skills: [behaviour.skill],
    capabilities: { sample: true },
    start(host) {
      desk = deskOf(host, options, stopping.signal);
      living = live(behaviour, desk);
    },
    async stop() {
      stopping.abort();
      await living;
    },
    async handle(task: AgentTask) {
      if (desk === null) throw new Error(`${behaviour.name} has not started yet: ask again in a moment`);
      return { text: await behaviour.answer(desk, task) };
    },
  };
}

function deskOf(host: AgentHost, { root, pace }: { root: string; pace: number }, signal: AbortSignal): SampleDesk {
  const startedAt = performance.now();
  return {
    host,
    root,
    signal,
    pause: (seconds) => wait(seconds * 1000 * pace, undefined, { signal }),
    elapsed: () => (performance.now() - startedAt) / 1000 / pace,
  };
}

/** Round after round until it is stopped. A round that fails is told in the log and followed by the next. */
async function live(behaviour: SampleBehaviour, desk: SampleDesk): Promise<void> {
  while (!desk.signal.aborted) {
    try {
      await behaviour.round(desk);
      await desk.pause(2);
    } catch (thrown) {
      if (desk.signal.aborted) return;
      desk.host.log('warn', `A round failed: ${sentenceOf(thrown)}`);
      await desk.pause(3).catch(() => {});
    }
  }
}
