import { Graph, layout } from '@dagrejs/dagre';

/** What is laid out: who reports to whom. `parent` null, or one that is not in the list: a root. */
export interface MapMember {
  id: string;
  parent: string | null;
}
/** The upper left corner of each node, by workspace id, in pixels of the map. */
export type MapPlaces = Record<string, readonly [number, number]>;

export const NODE_WIDTH = 208;
export const NODE_HEIGHT = 64;
const GAP_X = 24;
const GAP_Y = 28;
const RANK_GAP = 72;

/** Members without children of their own, under one parent: drawn as one block of rows, so that a thousand are no line of a thousand. */
interface Block {
  id: string;
  members: string[];
  columns: number;
}

/** Parents above children, leaves of one parent in a block. The same members in the same order give the same places. */
export function layoutMap(members: readonly MapMember[]): MapPlaces {
  const known = new Set(members.map(({ id }) => id));
  const children = new Map<string, string[]>();
  for (const { id, parent } of members) {
    const under = parent !== null && parent !== id && known.has(parent) ? parent : '';
    children.set(under, [...(children.get(under) ?? []), id]);
  }
  const graph = new Graph({ directed: true });
  graph.setGraph({ rankdir: 'TB', nodesep: GAP_X * 2, ranksep: RANK_GAP });
  graph.setDefaultEdgeLabel(() => ({}));
  const blocks: Block[] = [];
  for (const [parent, ids] of children) {
    const leaves = ids.filter((id) => !children.has(id));
    for (const id of ids) {
      if (!children.has(id)) continue;
      graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
      if (parent !== '') graph.setEdge(parent, id);
    }
    if (leaves.length === 0) continue;
    const block = blockOf(`leaves of ${parent}`, leaves);
    blocks.push(block);
    graph.setNode(block.id, sizeOf(block));
    if (parent !== '') graph.setEdge(parent, block.id);
  }
  layout(graph);
  return placesOf(graph, members, blocks);
}

function placesOf(graph: Graph, members: readonly MapMember[], blocks: readonly Block[]): MapPlaces {
  const places: Record<string, readonly [number, number]> = {};
  for (const { id } of members) {
    if (!graph.hasNode(id)) continue;
    const { x, y } = centreOf(graph, id);
    places[id] = [Math.round(x - NODE_WIDTH / 2), Math.round(y - NODE_HEIGHT / 2)];
  }
  for (const block of blocks) {
    const { x, y } = centreOf(graph, block.id);
    const { width, height } = sizeOf(block);
    block.members.forEach((id, at) => {
      const column = at % block.columns;
      const row = Math.floor(at / block.columns);
      places[id] = [Math.round(x - width / 2 + column * (NODE_WIDTH + GAP_X)), Math.round(y - height / 2 + row * (NODE_HEIGHT + GAP_Y))];
    });
  }
  return places;
}

function centreOf(graph: Graph, id: string): { x: number; y: number } {
  const { x = 0, y = 0 } = graph.node(id) as { x?: number; y?: number };
  return { x, y };
}

/** A little wider than high: screens are. */
function blockOf(id: string, members: string[]): Block {
  return { id, members, columns: members.length <= 5 ? members.length : Math.ceil(Math.sqrt(members.length * 0.8)) };
}

function sizeOf({ members, columns }: Block): { width: number; height: number } {
  const rows = Math.ceil(members.length / columns);
  return { width: columns * (NODE_WIDTH + GAP_X) - GAP_X, height: rows * (NODE_HEIGHT + GAP_Y) - GAP_Y };
}
