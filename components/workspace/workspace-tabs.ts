/** The views of one workspace's page, each with its own address: `/w/:id?show=messages`. */
export const WORKSPACE_TABS = ['overview', 'delegations', 'activity', 'messages'] as const;
export type WorkspaceTab = (typeof WORKSPACE_TABS)[number];
export const WORKSPACE_TAB_LABEL: Record<WorkspaceTab, string> = {
  overview: 'Overview',
  delegations: 'Delegations',
  activity: 'Activity',
  messages: 'Messages',
};

/** Reads an address, the server's as the browser's. What means nothing is the overview. */
export function readWorkspaceTab(value: string | null | undefined): WorkspaceTab {
  return WORKSPACE_TABS.find((tab) => tab === value) ?? 'overview';
}

export function workspaceAddress(id: string, tab: WorkspaceTab): string {
  const page = `/w/${encodeURIComponent(id)}`;
  return tab === 'overview' ? page : `${page}?show=${tab}`;
}
