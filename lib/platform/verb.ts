import type { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import type { LedgerEvent, NewEvent } from '#lib/contract/events.ts';
import { insertAudit } from '#lib/store/audit.ts';
import type { Db } from '#lib/store/in-transaction.ts';
import { inTransaction } from '#lib/store/in-transaction.ts';
import { appendEvents } from '#lib/store/ledger.ts';
import { type Actor, eventActorOf } from './actor.ts';
import type { Deps } from './deps.ts';

/**
 * A verb is something the platform does, allowed to some and refused to others. It is built from slots, so that leaving
 * out who may, what comes in, or what the ledger and the audit learn of it does not compile.
 */
interface VerbSlots<I extends z.ZodType> {
  name: string;
  input: I;
  /**
   * Throws a `CanvasError` (`forbidden`, `unauthenticated`, `not_found`…) when the actor may not. Of a write it runs twice:
   * at once, to refuse early, and when no other write can come in between.
   */
  allow: (actor: Actor, input: z.output<I>, deps: Deps) => void;
}

export interface ReadVerb<I extends z.ZodType, O> extends VerbSlots<I> {
  run: (context: { actor: Actor; now: number; deps: Deps }, input: z.output<I>) => O | Promise<O>;
}

export interface Written<O> {
  result: O;
  /** What the ledger learns; an empty list says on purpose that nobody watching needs to. */
  events: NewEvent[];
  /** What the audit learns besides who, when and which verb; never a secret. */
  audit: { workspace_id: string | null; detail: Record<string, unknown> };
  /** Brings memory in line. Runs after the commit and before anybody is told; must not throw. */
  committed: () => void;
}

export interface WriteVerb<I extends z.ZodType, O> extends VerbSlots<I> {
  run: (context: { actor: Actor; now: number; tx: Db; deps: Deps }, input: z.output<I>) => Promise<Written<O>>;
  /** Begins what takes longer than a transaction (starting a process). Its failure is shown on the workspace, not thrown. */
  afterwards?: (deps: Deps, result: O, input: z.output<I>, actor: Actor) => void;
}

export type Verb<I extends z.ZodType, O> = (deps: Deps, actor: Actor, input: z.input<I>) => Promise<O>;

/** Parses, or says which field is wrong and why. */
export function parseInput<I extends z.ZodType>(schema: I, input: unknown): z.output<I> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 5).map((issue) => {
    const path = issue.path.join('.');
    return path === '' ? issue.message : `${path}: ${issue.message}`;
  });
  throw new CanvasError('bad_request', `The request was refused: ${issues.join('; ')}`, { issues });
}

export function readVerb<I extends z.ZodType, O>(verb: ReadVerb<I, O>): Verb<I, O> {
  return async (deps, actor, input) => {
    const parsed = parseInput(verb.input, input);
    verb.allow(actor, parsed, deps);
    return verb.run({ actor, now: deps.now(), deps }, parsed);
  };
}

export function writeVerb<I extends z.ZodType, O>(verb: WriteVerb<I, O>): Verb<I, O> {
  return async (deps, actor, input) => {
    const parsed = parseInput(verb.input, input);
    verb.allow(actor, parsed, deps);
    const result = await deps.oneAtATime(async () => {
      const now = deps.now();
      let events: LedgerEvent[] = [];
      // Once more, now that it is this write's turn: what was checked before may have changed while it waited.
      verb.allow(actor, parsed, deps);
      const written = await inTransaction(deps.store, async (tx) => {
        const outcome = await verb.run({ actor, now, tx, deps }, parsed);
        events = outcome.events.length > 0 ? await appendEvents(tx, outcome.events) : [];
        await insertAudit(tx, {
          at: now,
          verb: verb.name,
          actor: eventActorOf(actor),
          workspace_id: outcome.audit.workspace_id,
          detail: outcome.audit.detail,
        });
        return outcome;
      });
      written.committed();
      deps.feed.publish(events);
      return written.result;
    });
    verb.afterwards?.(deps, result, parsed, actor);
    return result;
  };
}
