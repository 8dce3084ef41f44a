import { createChannelSchema, deliveriesQuerySchema, patchChannelSchema } from './channels.ts';
import { endpoint } from './endpoint.ts';
import { assignIncidentSchema, createMuteSchema, inboxQuerySchema, readInboxSchema } from './inbox.ts';
import { notifySchema } from './incidents.ts';
import { preferencesSchema } from './preferences.ts';

export const INBOX_ENDPOINTS = {
  notify: endpoint({
    method: 'POST',
    path: '/workspaces/:id/notify',
    caller: 'workspace',
    status: 200,
    body: notifySchema,
    summary: 'A workspace tells the operator something',
  }),
  inbox: endpoint({
    method: 'GET',
    path: '/inbox',
    caller: 'operator',
    status: 200,
    query: inboxQuerySchema,
    summary: 'Incidents as the person who asks sees them, newest first',
  }),
  getIncident: endpoint({
    method: 'GET',
    path: '/inbox/:incident',
    caller: 'operator',
    status: 200,
    summary: 'One incident with its entries and what was sent of it',
  }),
  readInbox: endpoint({
    method: 'POST',
    path: '/inbox/read',
    caller: 'operator',
    status: 200,
    body: readInboxSchema,
    summary: 'Mark as read, or as unread',
  }),
  assignIncident: endpoint({
    method: 'POST',
    path: '/inbox/:incident/assign',
    caller: 'operator',
    status: 200,
    body: assignIncidentSchema,
    summary: 'Take care of it, or not any more',
  }),
  createMute: endpoint({
    method: 'POST',
    path: '/mutes',
    caller: 'operator',
    status: 201,
    body: createMuteSchema,
    summary: 'Hear nothing of a workspace, a kind of incident, or both, until a time',
  }),
  deleteMute: endpoint({ method: 'DELETE', path: '/mutes/:mute', caller: 'operator', status: 200, summary: 'Hear of it again' }),
  getPreferences: endpoint({
    method: 'GET',
    path: '/preferences',
    caller: 'operator',
    status: 200,
    summary: 'What the person who asks set for themselves',
  }),
  patchPreferences: endpoint({
    method: 'PATCH',
    path: '/preferences',
    caller: 'operator',
    status: 200,
    body: preferencesSchema,
    summary: 'Change what is given',
  }),
} as const;

export const CHANNEL_ENDPOINTS = {
  listChannels: endpoint({ method: 'GET', path: '/channels', caller: 'operator', status: 200, summary: "One's own channels" }),
  createChannel: endpoint({
    method: 'POST',
    path: '/channels',
    caller: 'operator',
    status: 201,
    body: createChannelSchema,
    summary: 'Be told outside of the page too; secrets are never shown again',
  }),
  patchChannel: endpoint({
    method: 'PATCH',
    path: '/channels/:channel',
    caller: 'operator',
    status: 200,
    body: patchChannelSchema,
    summary: 'Change it',
  }),
  deleteChannel: endpoint({ method: 'DELETE', path: '/channels/:channel', caller: 'operator', status: 200, summary: 'Take it away' }),
  testChannel: endpoint({
    method: 'POST',
    path: '/channels/:channel/test',
    caller: 'operator',
    status: 200,
    summary: 'Send a test now, and say what the receiver answered',
  }),
  listDeliveries: endpoint({
    method: 'GET',
    path: '/deliveries',
    caller: 'operator',
    status: 200,
    query: deliveriesQuerySchema,
    summary: 'What was sent, waits or failed, newest first',
  }),
  pushKey: endpoint({
    method: 'GET',
    path: '/push-key',
    caller: 'operator',
    status: 200,
    summary: 'The key that a browser subscribes with',
  }),
} as const;
