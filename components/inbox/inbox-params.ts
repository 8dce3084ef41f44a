import { INBOX_VIEWS, type InboxFilter, type InboxView } from '#lib/client/inbox.ts';
import { KINDS } from './inbox-words.ts';

export const VIEW_LABEL: Record<InboxView, string> = { unread: 'Unread', open: 'Open', mine: 'Mine', all: 'All' };
const MAX_ID_CHARS = 64;

/** Reads an address, the server's as the browser's: `/inbox?view=open&workspace=…&kind=wedged`. What means nothing is left out. */
export function readInboxFilter(param: (name: string) => string | null | undefined): InboxFilter {
  const workspace = param('workspace') ?? '';
  return {
    view: INBOX_VIEWS.find((view) => view === param('view')) ?? 'unread',
    workspace: workspace === '' ? null : workspace.slice(0, MAX_ID_CHARS),
    kind: KINDS.find((kind) => kind === param('kind')) ?? null,
  };
}

/** The shortest address of a list, with one incident open in it or none. */
export function inboxAddress({ view, workspace, kind }: InboxFilter, incident: string | null = null): string {
  const params = new URLSearchParams();
  if (view !== 'unread') params.set('view', view);
  if (workspace !== null) params.set('workspace', workspace);
  if (kind !== null) params.set('kind', kind);
  const path = incident === null ? '/inbox' : `/inbox/${encodeURIComponent(incident)}`;
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The incident that an address has open; null: none. */
export function incidentOf(path: string): string | null {
  const id = /^\/inbox\/([^/]+)\/?$/.exec(path)?.[1];
  return id === undefined ? null : decodeURIComponent(id);
}
