import { listTokens } from './access-verbs.ts';
import { listActivity } from './activity-verbs.ts';
import type { Actor } from './actor.ts';
import { getBulk, listBulk } from './bulk-verbs.ts';
import { listDeliveries } from './channel-deliveries.ts';
import { listChannels } from './channel-verbs.ts';
import { allDelegations, getDelegation } from './delegation-reads.ts';
import type { Deps } from './deps.ts';
import { historyBars, workspaceEvents, workspaceHistory } from './history-verbs.ts';
import { getIncident, listInbox } from './inbox-verbs.ts';
import { getPreferences } from './preference-verbs.ts';
import { workspaceLog } from './provision-verbs.ts';
import { listQueue } from './queue-verbs.ts';
import { getRestart, listRestarts, workspaceRestarts } from './restart-reads.ts';
import { sampleTeam } from './sample-team-verbs.ts';
import { getSnapshot, listSnapshots } from './snapshot-verbs.ts';
import { getTrace } from './trace-verbs.ts';
import { getWorkspace, listWorkspaces } from './workspace-verbs.ts';

/** The verbs that pages call while they render, with the running platform already in them. */
export function pageVerbs(deps: Deps) {
  const bind =
    <I, O>(verb: (deps: Deps, actor: Actor, input: I) => Promise<O>) =>
    (actor: Actor, input: I): Promise<O> =>
      verb(deps, actor, input);
  return {
    listWorkspaces: bind(listWorkspaces),
    getWorkspace: bind(getWorkspace),
    historyBars: bind(historyBars),
    workspaceHistory: bind(workspaceHistory),
    workspaceEvents: bind(workspaceEvents),
    listTokens: bind(listTokens),
    workspaceLog: bind(workspaceLog),
    sampleTeam: bind(sampleTeam),
    listRestarts: bind(listRestarts),
    getRestart: bind(getRestart),
    workspaceRestarts: bind(workspaceRestarts),
    listBulk: bind(listBulk),
    getBulk: bind(getBulk),
    listQueue: bind(listQueue),
    listActivity: bind(listActivity),
    listSnapshots: bind(listSnapshots),
    getSnapshot: bind(getSnapshot),
    allDelegations: bind(allDelegations),
    getDelegation: bind(getDelegation),
    getTrace: bind(getTrace),
    listInbox: bind(listInbox),
    getIncident: bind(getIncident),
    getPreferences: bind(getPreferences),
    listChannels: bind(listChannels),
    listDeliveries: bind(listDeliveries),
  };
}
