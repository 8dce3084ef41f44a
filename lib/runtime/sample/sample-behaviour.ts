import type { Peer } from '#lib/contract/registry.ts';
import type { AgentHost, AgentSkillInfo, AgentTask } from '#lib/runtime/agent.ts';
import type { SampleRole } from '#lib/runtime/config-schema.ts';
import { sentenceOf } from '#lib/runtime/log.ts';

/** What a member of the sample team works with. */
export interface SampleDesk {
  host: AgentHost;
  /** The project whose files it works on. */
  root: string;
  /** Waits as a reader would; rejects when the workspace stops. `seconds` at pace 1. */
  pause(seconds: number): Promise<void>;
  /** Seconds since it started, at pace 1: what the schedule is read against. */
  elapsed(): number;
  signal: AbortSignal;
}

/** One role of the team: what it does by itself, round after round, and what it answers. */
export interface SampleBehaviour {
  readonly name: string;
  readonly description: string;
  readonly skill: AgentSkillInfo;
  round(desk: SampleDesk): Promise<void>;
  answer(desk: SampleDesk, task: AgentTask): Promise<string>;
}

export const SKILL_OF: Record<SampleRole, string> = {
  lead: 'lead-sample-team',
  indexer: 'index-documents',
  searcher: 'search-documents',
  statistician: 'count-files',
  'link-checker': 'check-links',
  writer: 'write-summaries',
};

/** The teammate with a role, found by the skill on its agent card; undefined while it is not there. */
export function teammate(peers: readonly Peer[], role: SampleRole): Peer | undefined {
  return peers.find((peer) => {
    const skills: unknown = peer.agent_card?.['skills'];
    return Array.isArray(skills) && skills.some((skill: unknown) => (skill as { id?: unknown } | null)?.id === SKILL_OF[role]);
  });
}

const GIVEN_UP_AFTER_SECONDS = 1800;

/** Delegates to a teammate; false when it is not there. What goes wrong is counted and shown: the others are worked with all the same. */
export async function delegateTo({ host, signal }: SampleDesk, role: SampleRole, task: string): Promise<boolean> {
  try {
    const member = teammate(await host.peers(), role);
    if (member === undefined || member.status === 'paused') {
      host.setTask(member ? `Going on without ${member.name}, which is paused` : `Waiting for the ${role} to join`);
      return false;
    }
    host.setTask(`Delegating to ${member.name}: ${task}`);
    await host.delegate(member.id, task, { expiresInSeconds: GIVEN_UP_AFTER_SECONDS });
    host.countRequest('served');
    return true;
  } catch (thrown) {
    signal.throwIfAborted();
    const error = `Nothing could be delegated to the ${role}: ${sentenceOf(thrown)}`;
    host.countRequest({ error });
    host.setTask(error.slice(0, 200));
    return false;
  }
}
