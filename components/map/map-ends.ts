import { type NodeHandle, Position } from '@xyflow/react';
import { NODE_HEIGHT, NODE_WIDTH } from './map-layout.ts';

/** Where a line may begin and end: above and below a node. */
export type LineEnd = 'from-below' | 'from-above' | 'to-above' | 'to-below';

const end = (id: LineEnd, type: 'source' | 'target', position: Position): NodeHandle & { id: LineEnd } => ({
  id,
  type,
  position,
  x: NODE_WIDTH / 2,
  y: position === Position.Top ? 0 : NODE_HEIGHT,
  width: 1,
  height: 1,
});

/** Told with their places, so that nothing has to be measured before a line is drawn. */
export const ENDS = [
  end('from-below', 'source', Position.Bottom),
  end('from-above', 'source', Position.Top),
  end('to-above', 'target', Position.Top),
  end('to-below', 'target', Position.Bottom),
];
