import type { ShownState } from '#lib/contract/workspace-status.ts';
import { SHOWN_STATE_LABEL, SHOWN_STATES } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard, WorkspaceDetail, WorkspacePage } from '#lib/contract/workspaces.ts';
import { formatAge } from '#lib/domain/duration-text.ts';
import { shownState } from '#lib/domain/shown-state.ts';
import type { CanvasApi } from './canvas-api.ts';
import { pickWorkspace } from './pick-workspace.ts';
import { plainJson, plainText, shortText } from './plain-text.ts';

const PAGE = 1000;
const NAME_WIDTH = 32;
const SAYS_WIDTH = 80;

/** Every workspace, those that want a person first; with the platform's clock. */
async function allCards(api: CanvasApi): Promise<{ cards: WorkspaceCard[]; now: number }> {
  const cards: WorkspaceCard[] = [];
  for (let cursor = ''; ; ) {
    const page = await api.get<WorkspacePage>(`/workspaces?page&limit=${PAGE}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    cards.push(...page.items);
    if (page.next === null) return { cards, now: page.now };
    cursor = page.next;
  }
}

/** The one that a person means, by id or name. */
export async function findWorkspace(api: CanvasApi, wanted: string): Promise<{ card: WorkspaceCard; now: number }> {
  const { cards, now } = await allCards(api);
  return { card: pickWorkspace(cards, wanted), now };
}

/** What `canvas status` prints. */
export async function statusText(api: CanvasApi, wanted: string | null, json: boolean): Promise<string> {
  if (wanted === null) {
    const { cards, now } = await allCards(api);
    return json ? plainJson(cards) : fleetText(cards, now);
  }
  const { card, now } = await findWorkspace(api, wanted);
  const detail = await api.get<WorkspaceDetail>(`/workspaces/${card.id}`);
  return json ? plainJson(detail) : oneText(detail, now);
}

function fleetText(cards: readonly WorkspaceCard[], now: number): string {
  if (cards.length === 0) return 'There is no workspace yet.';
  const rows = cards.map((card) => [
    SHOWN_STATE_LABEL[shownState(card)],
    shortText(card.name, NAME_WIDTH),
    formatAge(now - card.since),
    says(card),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  const lines = rows.map((row) =>
    row.map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - [...cell].length))).join('  '),
  );
  return [...lines.map((line) => line.trimEnd()), '', countsText(cards)].join('\n');
}

/** What it is at, or what is wrong with it. */
function says(card: WorkspaceCard): string {
  const tasks = card.active_tasks > 0 ? `${card.active_tasks} ${card.active_tasks === 1 ? 'task' : 'tasks'} ` : '';
  const queued = card.queued > 0 ? `${card.queued} waiting ` : '';
  return `${tasks}${queued}${shortText(card.reason || card.current_task, SAYS_WIDTH)}`.trim();
}

function countsText(cards: readonly WorkspaceCard[]): string {
  const counts = new Map<ShownState, number>();
  for (const card of cards) counts.set(shownState(card), (counts.get(shownState(card)) ?? 0) + 1);
  const named = SHOWN_STATES.filter((state) => counts.has(state)).map(
    (state) => `${counts.get(state)} ${SHOWN_STATE_LABEL[state].toLowerCase()}`,
  );
  return `${cards.length} ${cards.length === 1 ? 'workspace' : 'workspaces'}: ${named.join(', ')}`;
}

function oneText(card: WorkspaceDetail, now: number): string {
  const ago = (at: number | null) => (at === null ? 'never' : `${formatAge(now - at)} ago`);
  const facts: [string, string][] = [
    ['id', card.id],
    ['status', `${SHOWN_STATE_LABEL[shownState(card)]} for ${formatAge(now - card.since)}`],
    ['because', plainText(card.reason)],
    ['role', plainText(card.role ?? '')],
    ['task', plainText(card.current_task)],
    ['in flight', String(card.active_tasks)],
    ['last beat', ago(card.last_heartbeat_at)],
    ['up for', card.uptime_seconds === null ? '' : formatAge(card.uptime_seconds * 1000)],
    ['run', card.run === null ? '' : `${card.run.kind} ${card.run.id}: ${card.run.state.replaceAll('_', ' ')}, ${card.run.left} left`],
    ['waiting', card.queued === 0 ? '' : `${card.queued} messages`],
  ];
  const shown = facts.filter(([, value]) => value !== '');
  return [plainText(card.name), ...shown.map(([name, value]) => `  ${name.padEnd(10)}${value}`)].join('\n');
}
