import { plainText } from '#components/ui/plain-text.ts';

/** Runtime and parent keep their room; a long role gives way. */
export function QuietLine({ role, runtime, parent }: { role: string | null; runtime: string | null; parent: string | null }) {
  const about = [runtime, parent === null ? null : `under ${parent}`]
    .flatMap((part) => (part === null || part === '' ? [] : [plainText(part)]))
    .join(' · ');
  const does = role === null ? '' : plainText(role);
  return (
    <p className="flex min-h-4 min-w-0 gap-1 text-xs text-faint">
      {does !== '' && (
        <span className="min-w-16 truncate" dir="auto" title={does}>
          {does}
        </span>
      )}
      {does !== '' && about !== '' && <span aria-hidden="true">·</span>}
      {about !== '' && (
        <span className="max-w-3/5 flex-none truncate" dir="auto" title={about}>
          {about}
        </span>
      )}
    </p>
  );
}
