import { plainText } from '#components/ui/plain-text.ts';

/** Role, runtime and parent on one line; what does not fit is a hover away. */
export function QuietLine({ role, runtime, parent }: { role: string | null; runtime: string | null; parent: string | null }) {
  const parts = [role, runtime, parent === null ? null : `under ${parent}`];
  const text = parts.flatMap((part) => (part === null || part === '' ? [] : [plainText(part)])).join(' · ');
  return (
    <p className="min-h-4 min-w-0 flex-1 truncate text-xs text-faint" dir="auto" title={text}>
      {text}
    </p>
  );
}
