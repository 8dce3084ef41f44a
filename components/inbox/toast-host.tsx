'use client';

import { usePathname } from 'next/navigation';
import { Suspense, useEffect, useRef, useState } from 'react';
import { useLive } from '#components/shell/canvas-live.tsx';
import { lazyPart } from '#components/ui/lazy-part.tsx';

const Nothing = () => null;
/** Most visits see none: they come with the first news. */
const Toasts = lazyPart(async () => (await import('./toasts.tsx')).Toasts, Nothing);

/** Waits for news of incidents while the person is elsewhere than in the inbox. */
export function ToastHost() {
  const live = useLive();
  const away = !usePathname().startsWith('/inbox');
  const news = useRef(new Set<string>());
  const [some, setSome] = useState(false);
  useEffect(() => {
    if (!away) return;
    return live.onLedger((event) => {
      if (event.type !== 'incident.changed' || !/opened|again/.test(event.data.change)) return;
      news.current.add(event.data.incident_id);
      setSome(true);
    });
  }, [live, away]);
  return (
    away &&
    some && (
      <Suspense>
        <Toasts news={news.current} />
      </Suspense>
    )
  );
}
