import { layoutMap, type MapMember } from './map-layout.ts';

/** A question to the worker and its answer; `seq` tells a late answer from the one that is waited for. */
export interface LayoutQuestion {
  seq: number;
  members: MapMember[];
}

addEventListener('message', ({ data }: MessageEvent<LayoutQuestion>) => {
  postMessage({ seq: data.seq, places: layoutMap(data.members) });
});
