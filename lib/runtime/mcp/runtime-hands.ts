import { CanvasError } from '#lib/contract/errors.ts';
import type { TracePlace } from '#lib/contract/traces.ts';
import type { PlatformClient } from '#lib/runtime/platform-client.ts';
import type { Wedge } from '#lib/runtime/wedge.ts';
import type { WorkMeter } from '#lib/runtime/work-meter.ts';
import type { McpHands, McpInbox } from './hands.ts';
import { onlyOne } from './only-one.ts';

/** A tool call waits so long for the platform to know this workspace: it is asked again when it does not answer. */
const CONNECT_MS = 10_000;

export interface RuntimeHandsParts {
  workspaceId: string;
  client: PlatformClient;
  meter: WorkMeter;
  wedge: Wedge;
  /** Settled once the platform answered the registration. */
  registered: Promise<void>;
  /** Tells the platform soon what has changed. */
  beatSoon: () => void;
  /** Looks for what comes of a delegation that was given. */
  delegated: (id: string | null) => void;
  /** Where the tasks at work stand in their traces. */
  tracesAtWork: () => readonly TracePlace[];
  inbox?: McpInbox | null;
}

/** The hands of the runtime in this process. */
export function runtimeHands(parts: RuntimeHandsParts): McpHands {
  const { workspaceId, client, meter, wedge, registered, beatSoon, delegated, tracesAtWork, inbox = null } = parts;
  return {
    workspaceId,
    client,
    inbox,
    connected: () => soonOr(registered, client.origin),
    async setTask(text) {
      meter.setTask(text);
      beatSoon();
    },
    async setWedge(reason) {
      if (reason === null) wedge.clear();
      else wedge.mark(reason);
      return wedge.reason;
    },
    delegated: async (id) => delegated(id),
    traceparent: async () => onlyOne(tracesAtWork()),
  };
}

async function soonOr(registered: Promise<void>, origin: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const why = `Canvas at ${origin} has not let this workspace in yet: it is asked again all the time`;
    timer = setTimeout(() => reject(new CanvasError('unavailable', why)), CONNECT_MS);
  });
  try {
    await Promise.race([registered, late]);
  } finally {
    clearTimeout(timer);
  }
}
