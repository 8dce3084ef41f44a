import { counted } from '#components/restarts/run-words.ts';
import { formatCount } from '#components/ui/format-count.ts';
import { plainText } from '#components/ui/plain-text.ts';

const CHIP = 'inline-flex items-center gap-1.5 rounded-full border border-line px-2 text-xs leading-5 text-soft';

/** How many secrets were hidden, by type, and how much sandbox output was left out. Nothing when nothing was. */
export function RedactionChips({ redactions, sandbox }: { redactions: Readonly<Record<string, number>>; sandbox: number }) {
  const types = Object.entries(redactions)
    .filter(([, n]) => n > 0)
    .sort((a, b) => b[1] - a[1]);
  const total = types.reduce((sum, [, n]) => sum + n, 0);
  if (total === 0 && sandbox === 0) return <p className="text-xs text-faint">No secret was found in it.</p>;
  return (
    <ul aria-label="What was taken out" className="flex flex-wrap gap-1.5">
      {total > 0 && <li className={`${CHIP} font-medium`}>{counted(total, 'secret')} hidden</li>}
      {types.map(([type, n]) => (
        <li key={type} className={CHIP}>
          {plainText(type)} <b className="font-semibold text-text">{formatCount(n)}</b>
        </li>
      ))}
      {sandbox > 0 && <li className={CHIP}>{counted(sandbox, 'piece')} of sandbox output left out</li>}
    </ul>
  );
}
