'use client';

import { type ComponentType, lazy } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

const AGAIN_MS = 2_000;

/** A network that fails for a moment is no upgrade. */
function twice<T>(load: () => Promise<T>): Promise<T> {
  return load().catch(() => new Promise((resolve) => setTimeout(resolve, AGAIN_MS)).then(load));
}

/**
 * A part of the page whose code comes when it is wanted. `Missing` stands there when it cannot be had: the code of a page that
 * was opened before an upgrade of Canvas is not there any more.
 */
export function lazyPart<P extends object>(load: () => Promise<ComponentType<P>>, Missing: ComponentType<P>) {
  return lazy(() =>
    twice(load).then(
      (Part) => ({ default: Part }),
      () => ({ default: Missing }),
    ),
  );
}

export function PartMissing() {
  return (
    <div role="alert" className="grid justify-items-start gap-3 text-sm">
      <p>This part of the page could not be fetched. Canvas was upgraded while the page was open, or it does not answer.</p>
      <Button onClick={() => location.reload()}>Reload the page</Button>
    </div>
  );
}

/** The same for what lies over the page. */
export function DialogMissing({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Not to be had" onClose={onClose}>
      <PartMissing />
    </Dialog>
  );
}
