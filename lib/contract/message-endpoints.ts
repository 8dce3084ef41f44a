import { postActivitySchema } from './activity.ts';
import {
  allDelegationsQuerySchema,
  cancelDelegationSchema,
  delegateSchema,
  edgesQuerySchema,
  recordDelegationSchema,
  updateDelegationSchema,
} from './delegations.ts';
import { endpoint } from './endpoint.ts';
import { commitMemorySchema, recallMemoriesSchema } from './memories.ts';
import { answerMessageSchema } from './messages.ts';
import { agentCardsQuerySchema } from './registry.ts';

export const A2A_ENDPOINTS = {
  agentCard: endpoint({
    method: 'GET',
    path: '/workspaces/:id/.well-known/agent-card.json',
    caller: 'either',
    status: 200,
    summary: 'Its agent card, with the address of its messages at the platform',
  }),
  agentCards: endpoint({
    method: 'GET',
    path: '/agent-cards',
    caller: 'either',
    status: 200,
    query: agentCardsQuerySchema,
    summary: 'The cards of the workspaces that the caller may talk to, page by page',
  }),
  postActivity: endpoint({
    method: 'POST',
    path: '/workspaces/:id/activity',
    caller: 'workspace',
    status: 200,
    body: postActivitySchema,
    summary: 'A workspace tells what happened to it',
  }),
  answerQueued: endpoint({
    method: 'POST',
    path: '/workspaces/:id/a2a/queue/:qid/answer',
    caller: 'workspace',
    status: 200,
    body: answerMessageSchema,
    summary: 'The answer to a message that the workspace fetched from its activity',
  }),
} as const;

export const DELEGATION_ENDPOINTS = {
  delegate: endpoint({
    method: 'POST',
    path: '/workspaces/:id/delegate',
    caller: 'either',
    // 202 when it is new; 200 when its key stands for one already.
    status: 200,
    body: delegateSchema,
    summary: 'Ask another workspace for something and go on; the answer comes later',
  }),
  recordDelegation: endpoint({
    method: 'POST',
    path: '/workspaces/:id/delegations/record',
    caller: 'either',
    status: 201,
    body: recordDelegationSchema,
    summary: 'Keep account of a delegation that the workspace handed over itself',
  }),
  updateDelegation: endpoint({
    method: 'POST',
    path: '/workspaces/:id/delegations/:did/update',
    caller: 'either',
    status: 200,
    body: updateDelegationSchema,
    summary: 'How a recorded delegation goes',
  }),
  allDelegations: endpoint({
    method: 'GET',
    path: '/delegations',
    caller: 'operator',
    status: 200,
    query: allDelegationsQuerySchema,
    summary: 'All delegations, newest first',
  }),
  getDelegation: endpoint({
    method: 'GET',
    path: '/delegations/:did',
    caller: 'either',
    status: 200,
    summary: 'One delegation with its whole task and result',
  }),
  retryDelegation: endpoint({
    method: 'POST',
    path: '/delegations/:did/retry',
    caller: 'operator',
    status: 202,
    summary: 'Ask again: a new delegation with the same task, source and target; one that waits is tried at once',
  }),
  cancelDelegation: endpoint({
    method: 'POST',
    path: '/delegations/:did/cancel',
    caller: 'operator',
    status: 200,
    body: cancelDelegationSchema,
    summary: 'End it as failed, with a reason; what is with the agent is cancelled there',
  }),
  delegationEdges: endpoint({
    method: 'GET',
    path: '/delegation-edges',
    caller: 'operator',
    status: 200,
    query: edgesQuerySchema,
    summary: 'Who asked whom lately, and how often',
  }),
  getTrace: endpoint({
    method: 'GET',
    path: '/traces/:trace',
    caller: 'operator',
    status: 200,
    summary: 'Every request that one request caused, over all workspaces',
  }),
} as const;

export const MEMORY_ENDPOINTS = {
  commitMemory: endpoint({
    method: 'POST',
    path: '/workspaces/:id/memories',
    caller: 'workspace',
    status: 201,
    body: commitMemorySchema,
    summary: 'Something a workspace wants to remember; scrubbed, 1 MB in all',
  }),
  recallMemories: endpoint({
    method: 'GET',
    path: '/workspaces/:id/memories',
    caller: 'either',
    status: 200,
    query: recallMemoriesSchema,
    summary: 'What it remembers, newest first',
  }),
  forgetMemory: endpoint({
    method: 'DELETE',
    path: '/workspaces/:id/memories/:memory',
    caller: 'either',
    status: 200,
    summary: 'Remember it no more',
  }),
} as const;
