import { Redactions } from '#components/snapshots/redacted-text.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { WholeOnRequest } from '#components/ui/whole-on-request.tsx';

const LINE_ENDS = /\r\n|[\n\r\u2028\u2029]/;

/** A text of several lines, each made harmless; inside an element that keeps line breaks. Of a very long one its beginning, and the rest on request. */
export function RedactedLines({ text }: { text: string }) {
  return <WholeOnRequest text={text}>{(shown) => <Redactions text={shown.split(LINE_ENDS).map(plainText).join('\n')} />}</WholeOnRequest>;
}
