'use client';

import { useEffect, useRef, useState } from 'react';
import type { MapMember, MapPlaces } from './map-layout.ts';

/**
 * Places for these members, worked out beside the page. Null: none yet. The last places stay until newer ones are there;
 * `current`: they are for these members.
 */
export function useMapLayout(members: readonly MapMember[]): { places: MapPlaces | null; current: boolean; failure: string | null } {
  const worker = useRef<Worker | null>(null);
  const seq = useRef(0);
  const [placed, setPlaced] = useState<{ places: MapPlaces; members: readonly MapMember[] } | null>(null);
  const asked = useRef<readonly MapMember[]>(members);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    const made = new Worker(new URL('./map-layout-worker.ts', import.meta.url), { type: 'module' });
    made.onmessage = ({ data }: MessageEvent<{ seq: number; places: MapPlaces }>) => {
      if (data.seq === seq.current) setPlaced({ places: data.places, members: asked.current });
    };
    made.onerror = () => setFailure('The map could not be laid out in this browser. The list below shows the same.');
    worker.current = made;
    return () => made.terminate();
  }, []);
  useEffect(() => {
    seq.current += 1;
    asked.current = members;
    worker.current?.postMessage({ seq: seq.current, members });
  }, [members]);
  return { places: placed?.places ?? null, current: placed?.members === members, failure };
}
