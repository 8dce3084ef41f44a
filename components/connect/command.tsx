import type { ReactNode } from 'react';
import { CopyButton } from '#components/ui/copy-button.tsx';

/** Something to paste into a terminal, with a word on where. */
export function Command({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <figure className="grid gap-1.5">
      <div className="relative rounded-md border border-line bg-sunken">
        <pre className="p-3 pr-20 font-mono text-xs leading-5 whitespace-pre-wrap wrap-anywhere">{text}</pre>
        <div className="absolute top-2 right-2">
          <CopyButton text={text} />
        </div>
      </div>
      {children !== undefined && <figcaption className="text-xs text-faint">{children}</figcaption>}
    </figure>
  );
}
