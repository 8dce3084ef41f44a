/** What a snapshot is compared with: the one before it, what runs now, what came back in its run, or another one by its id. */
export type Against = 'previous' | 'live' | 'restored' | (string & {});

/** The page of a workspace with one of its snapshots open; compared, when `against` is given. */
export function snapshotAddress(workspaceId: string, snapshotId: string, against?: Against): string {
  const params = new URLSearchParams({ snapshot: snapshotId, ...(against === undefined ? {} : { against }) });
  return `/w/${encodeURIComponent(workspaceId)}?${params}`;
}
