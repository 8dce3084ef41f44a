import { plainText } from '#components/ui/plain-text.ts';
import { splitRedactions } from './split-redactions.ts';

/** Text from an agent, with what was taken out of it as chips. */
export function RedactedText({ text }: { text: string }) {
  return <Redactions text={plainText(text)} />;
}

/** The same for a text that was made harmless already. */
export function Redactions({ text }: { text: string }) {
  return splitRedactions(text).map(({ at, text: piece, redacted }) =>
    redacted === null ? (
      piece
    ) : (
      <mark key={at} className="rounded bg-panel px-1 text-warn ring-1 ring-warn/35 ring-inset">
        {piece}
      </mark>
    ),
  );
}
