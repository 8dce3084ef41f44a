/** What of /restarts is shown: `/restarts?show=running`. */
export const RESTART_VIEWS = ['all', 'running', 'past', 'bulk'] as const;
export type RestartView = (typeof RESTART_VIEWS)[number];
export const RESTART_VIEW_LABEL: Record<RestartView, string> = { all: 'All', running: 'Running', past: 'Past', bulk: 'Many at once' };

/** Reads an address, the server's as the browser's. What means nothing is the usual view. */
export function readRestartView(value: string | null | undefined): RestartView {
  return RESTART_VIEWS.find((view) => view === value) ?? 'all';
}

export function restartsAddress(view: RestartView): string {
  return view === 'all' ? '/restarts' : `/restarts?show=${view}`;
}
