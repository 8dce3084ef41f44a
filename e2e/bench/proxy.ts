import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type BenchFleet, type BenchWorkspace, beatBytes, DIST, startFleet } from './bench-fleet.ts';
import { startServer } from './child-server.ts';
import type { Figure, Measure } from './figure.ts';
import { postBytes, RawConnection } from './raw-connection.ts';
import { Samples } from './samples.ts';

/** A platform that is in use has its code compiled: so many messages are not counted before the first figure. */
const WARM_UP = { first: 500, others: 50 };
/** What an agent does takes seconds; this one is as quick as a lookup. */
const QUICK_AGENT_MS = 20;

/**
 * One message after another to the same agent, in turns straight and through the platform, which keeps each before it
 * hands it over and its answer before it gives it back.
 */
export const proxy: Measure = async ({ quick, say }) => {
  const fleet = await startFleet({ workspaces: 3 });
  const agent = await startServer({ args: [join(DIST, 'bench.js'), 'agent-server'] });
  try {
    const [sender, atOnce, working] = fleet.workspaces as [BenchWorkspace, BenchWorkspace, BenchWorkspace];
    const figures: Figure[] = [];
    for (const { to, delay, warmUp, calls } of [
      { to: atOnce, delay: 0, warmUp: WARM_UP.first, calls: quick ? 200 : 2000 },
      { to: working, delay: QUICK_AGENT_MS, warmUp: WARM_UP.others, calls: quick ? 50 : 1000 },
    ]) {
      await connect(fleet, to, `http://127.0.0.1:${agent.port}/${delay}`);
      say(`an agent that takes ${delay} ms, ${calls} messages each way`);
      figures.push(...figuresOf(delay, await inTurns({ fleet, agentPort: agent.port, sender, to, delay, warmUp, calls })));
    }
    return figures;
  } finally {
    await agent.stop();
    await fleet.close();
  }
};

interface Turns {
  direct: Samples;
  proxied: Samples;
}

async function inTurns(how: {
  fleet: BenchFleet;
  agentPort: number;
  sender: BenchWorkspace;
  to: BenchWorkspace;
  delay: number;
  warmUp: number;
  calls: number;
}): Promise<Turns> {
  const [straight, through] = [new RawConnection(how.agentPort), new RawConnection(how.fleet.platform.port)];
  const turns = { direct: new Samples(), proxied: new Samples() };
  try {
    for (let call = -how.warmUp; call < how.calls; call += 1) {
      const direct = await timed(straight, postBytes(`/${how.delay}`, how.sender.token, message()));
      const proxied = await timed(through, postBytes(`/workspaces/${how.to.id}/a2a`, how.sender.token, message()));
      if (call < 0) continue;
      turns.direct.add(direct);
      turns.proxied.add(proxied);
    }
  } finally {
    straight.close();
    through.close();
  }
  return turns;
}

function timed(connection: RawConnection, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    connection.send(bytes, (status) => {
      if (status === 200) resolve(performance.now() - began);
      else reject(new Error(`A message was answered with ${status}.`));
    });
  });
}

function message() {
  const parts = [{ kind: 'text', text: 'How many documents does the index hold, and from when is the newest? Answer in a sentence.' }];
  return {
    jsonrpc: '2.0',
    id: randomUUID(),
    method: 'message/send',
    params: { message: { kind: 'message', role: 'user', messageId: randomUUID(), parts } },
  };
}

/** Makes it the agent of a workspace. */
async function connect({ platform }: BenchFleet, workspace: BenchWorkspace, url: string): Promise<void> {
  const connection = new RawConnection(platform.port);
  const body = { id: workspace.id, url, agent_card: { name: 'Agent' }, delivery_mode: 'push' };
  await timed(connection, postBytes('/registry/register', workspace.token, body));
  await timed(connection, beatBytes(workspace));
  connection.close();
}

function figuresOf(delay: number, { direct, proxied }: Turns): Figure[] {
  const at = (share: number) => ({ direct: direct.percentile(share), proxied: proxied.percentile(share) });
  const [middle, tail] = [at(0.5), at(0.99)];
  const overhead = middle.proxied - middle.direct;
  const ratio = tail.proxied / tail.direct;
  const who = delay === 0 ? 'an agent that answers at once' : `an agent that takes ${delay} ms`;
  const both = ({ direct: one, proxied: other }: typeof middle) => `${other.toFixed(2)} ms against ${one.toFixed(2)} ms`;
  return [
    {
      measure: `A message through the platform, ${who}: over a direct call, p50`,
      target: '≤ 3 ms',
      figure: `${overhead.toFixed(2)} ms (${both(middle)})`,
      ok: overhead <= 3,
      numbers: { overhead_ms: overhead, direct_ms: middle.direct, proxied_ms: middle.proxied },
    },
    {
      measure: `A message through the platform, ${who}: against a direct call, p99`,
      // Two commits to the disk are many times what an agent that does nothing takes.
      target: delay === 0 ? 'none' : '≤ 1.5 ×',
      figure: `${ratio.toFixed(2)} × (${both(tail)})`,
      ok: delay === 0 ? null : ratio <= 1.5,
      numbers: { ratio, direct_ms: tail.direct, proxied_ms: tail.proxied },
    },
  ];
}
