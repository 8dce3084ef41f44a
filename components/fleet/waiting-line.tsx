import { formatCount } from '#components/ui/format-count.ts';

/** How many messages wait for it, quietly; nothing when none do. */
export function WaitingLine({ queued }: { queued: number }) {
  if (queued === 0) return null;
  return (
    <p className="flex-none text-xs text-soft">
      {formatCount(queued)} {queued === 1 ? 'message waits' : 'messages wait'}
    </p>
  );
}
