import { Fragment } from 'react';
import { RedactedText } from '#components/snapshots/redacted-text.tsx';

const LINE_ENDS = /\r\n|[\n\r\u2028\u2029]/;

/** A text of several lines, each made harmless; inside an element that keeps line breaks. */
export function RedactedLines({ text }: { text: string }) {
  return text.split(LINE_ENDS).map((line, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text have nothing else to tell them apart
    <Fragment key={i}>
      {i > 0 && '\n'}
      <RedactedText text={line} />
    </Fragment>
  ));
}
