import { fetchActivity } from './activity.ts';
import { isAbout } from './message-rows.ts';
import { fetchQueue } from './restart-runs.ts';

const NEWEST = 100;

/**
 * Where a person's message to a workspace is, as Canvas says. The queue is asked first: a message that ends in between is in
 * the log then. Rejects with `ApiError` while Canvas does not answer.
 */
export async function whereIsMessage(
  id: string,
  messageId: string,
): Promise<{ is: 'waiting'; queueId: string } | { is: 'logged' } | { is: 'unknown' }> {
  const { items } = await fetchQueue(id, 'open');
  const waiting = items.find(({ message_id, sender_id }) => message_id === messageId && sender_id === null);
  if (waiting) return { is: 'waiting', queueId: waiting.queue_id };
  const rows = await fetchActivity(id, { type: 'a2a_receive', source: 'canvas' }, { limit: NEWEST });
  return { is: rows.some((row) => isAbout(row, messageId)) ? 'logged' : 'unknown' };
}
