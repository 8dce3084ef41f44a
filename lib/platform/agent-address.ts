import { CanvasError } from '#lib/contract/errors.ts';
import { workspaceUrl } from '#lib/store/workspaces.ts';
import type { Deps } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';

/** How long an address is believed without looking again. */
const KEPT_MS = 5 * 60_000;
/** Where an agent listens in a container of its own. */
const CONTAINER_PORT = 8000;

/**
 * Where agents are reached (contract §5): as remembered, else as stored. A new registration, a stop and a refused
 * connection make it forget.
 */
export class AgentAddresses {
  readonly #deps: () => Deps;
  readonly #kept = new Map<string, { url: URL; until: number; registered: string | null }>();
  #forgotten = 0;

  constructor(deps: () => Deps) {
    this.#deps = deps;
  }

  /**
   * Rejects with `not_found` or `gone`, with `upstream_unreachable` when it has no usable address, and with
   * `unavailable` when none is remembered and the store does not answer.
   */
  async of(id: string): Promise<URL> {
    const deps = this.#deps();
    const live = deps.fleet.get(id);
    const kept = this.#kept.get(id);
    if (kept && kept.until > deps.now()) return new URL(kept.url);
    const forgotten = this.#forgotten;
    const stored = await workspaceUrl(deps.store.db, id).catch((thrown: unknown) => notTold(live, thrown));
    const url = reachable(deps, live, stored);
    // What made it forget while the store was asked may be newer than the store's answer.
    const registered = stored !== null && url.host !== new URL(stored).host ? stored : null;
    if (forgotten === this.#forgotten) this.#kept.set(id, { url, until: deps.now() + KEPT_MS, registered });
    return new URL(url);
  }

  /** What to do when nobody is at the address that stands for one of "this machine"; empty when none was replaced. */
  adviceFor(id: string): string {
    const kept = this.#kept.get(id);
    if (!kept?.registered) return '';
    return ` It registered ${JSON.stringify(kept.registered.slice(0, 200))}; as Canvas takes itself to be in a container, it tried ${kept.url.host} instead. When both run on one machine, start Canvas with CANVAS_IN_CONTAINER=0; else let the agent register an address that Canvas can reach.`;
  }

  forget(id: string): void {
    this.#forgotten += 1;
    this.#kept.delete(id);
  }
}

function notTold({ row }: LiveWorkspace, thrown: unknown): never {
  if (!(thrown instanceof CanvasError))
    throw new CanvasError('unavailable', `The store could not tell the address of workspace ${row.name}. Try again.`);
  throw new CanvasError(thrown.code, `The address of workspace ${row.name} is not known now. ${thrown.message}`);
}

function reachable(deps: Deps, live: LiveWorkspace, stored: string | null): URL {
  const { id, name, provisioner } = live.row;
  if (!stored) {
    throw new CanvasError(
      'upstream_unreachable',
      `Workspace ${name} (${id}) has registered no address, so nothing can be sent to it. Its runtime gives one when it registers.`,
      { begun: false },
    );
  }
  const url = URL.canParse(stored) ? new URL(stored) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new CanvasError(
      'upstream_unreachable',
      `Workspace ${name} (${id}) registered an address that is none: ${JSON.stringify(stored.slice(0, 200))}. It must register an http or https one.`,
      { begun: false },
    );
  }
  // In a container, "this machine" is the platform's own; only a process that runs beside it is there.
  const elsewhere = deps.options.insideContainer && (deps.provisioner?.kind !== 'process' || provisioner !== 'process');
  if (elsewhere && url.protocol === 'http:' && isLoopback(url.hostname)) url.host = `ws-${id.slice(0, 12)}:${CONTAINER_PORT}`;
  return url;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
