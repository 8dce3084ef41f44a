import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { SampleDesk } from './sample-behaviour.ts';

export interface TestDesk extends SampleDesk {
  counted: ('served' | { error: string })[];
  tasks: string[];
  wedged: string[];
}

/** A desk whose clock moves only by pausing, so that minutes of work take no time. */
export function testDesks(): (root: string, startAt: number) => TestDesk {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return (root, startAt) => {
    const folder = mkdtempSync(join(tmpdir(), 'canvas-desk-'));
    folders.push(folder);
    let now = startAt;
    const counted: TestDesk['counted'] = [];
    const tasks: string[] = [];
    const wedged: string[] = [];
    const nobody = () => Promise.reject(new Error('there is nobody to ask in this test'));
    return {
      root,
      counted,
      tasks,
      wedged,
      signal: new AbortController().signal,
      elapsed: () => now,
      pause: async (seconds) => {
        now += seconds;
      },
      host: {
        workspaceId: 'ws-1',
        folder,
        mcpUrl: null,
        log: () => {},
        setTask: (text) => void tasks.push(text),
        countRequest: (outcome) => void counted.push(outcome),
        work: (_summary, run) => run(new AbortController().signal),
        markWedged: (reason) => void wedged.push(reason),
        clearWedge: () => void wedged.push('cleared'),
        peers: nobody,
        ask: nobody,
        delegate: nobody,
        delegations: nobody,
        notify: nobody,
        crash: (why) => {
          throw new Error(`crash: ${why}`);
        },
      },
    };
  };
}
