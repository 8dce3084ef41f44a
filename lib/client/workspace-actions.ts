import type { CreatedToken, JoinCode } from '#lib/contract/access.ts';
import { ApiError, callApi } from './api.ts';
import { pageNotices } from './notices.ts';

export const renameWorkspace = (id: string, name: string) => callApi('PATCH /workspaces/:id', { params: { id }, body: { name } });
export const createToken = (id: string, rotate: boolean) =>
  callApi<CreatedToken>('POST /workspaces/:id/tokens', { params: { id }, body: { rotate } });
export const revokeToken = (id: string, tokenId: string) =>
  callApi('DELETE /workspaces/:id/tokens/:token_id', { params: { id, token_id: tokenId } });
export const createJoinCode = (id: string) => callApi<JoinCode>('POST /workspaces/:id/join-codes', { params: { id }, body: {} });

/** The children that stand in the way of a removal. */
export interface BlockingChild {
  id: string;
  name: string;
}

/** Removes a workspace. Answers the children that it would take along, when it has some and `confirmed` is false; then nothing was removed. */
export async function removeWorkspace(id: string, confirmed: boolean): Promise<BlockingChild[] | null> {
  try {
    await callApi('DELETE /workspaces/:id', { params: { id }, query: { confirm: confirmed ? 'true' : undefined } });
    return null;
  } catch (refused) {
    if (refused instanceof ApiError && refused.code === 'conflict' && Array.isArray(refused.details['children']))
      return refused.details['children'] as BlockingChild[];
    throw refused;
  }
}

/** Does it, says so, and says why not when it was refused. Answers undefined after a refusal. */
export async function tell<T>(work: Promise<T>, done: string | null): Promise<T | undefined> {
  try {
    const answer = await work;
    if (done !== null) pageNotices.say(done);
    return answer;
  } catch (refused) {
    pageNotices.fail(refused instanceof Error ? refused.message : 'That did not work. Try again.');
    return undefined;
  }
}
