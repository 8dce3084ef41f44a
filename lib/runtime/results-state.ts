import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ENDED_DELEGATION_STATES } from '#lib/contract/delegations.ts';
import { type Log, sentenceOf } from './log.ts';
import { readTextFile, writePrivateFile } from './private-file.ts';

const FILE = 'delegations.json';

/** What is told of a result. */
const tellingSchema = z.object({
  delegation_id: z.string(),
  status: z.enum(ENDED_DELEGATION_STATES),
  summary: z.string(),
  error: z.string(),
  /** The beginning of the answer: for the operator, never for the agent. */
  preview: z.string(),
  traceparent: z.string().nullable(),
});
export type Telling = z.infer<typeof tellingSchema>;
/** Id and when it was given, by the platform's clock, or by this machine's as long as no row of it was seen. */
const idAt = z.tuple([z.string(), z.number()]);

const stateSchema = z.object({
  schema: z.literal(1),
  /** Delegations given before this, by the platform's clock, are known unless they are open; null: none was seen yet. */
  watermark: z.number().nullable(),
  /** Those given later whose end was seen. */
  settled: z.array(idAt),
  /** Those whose end was not seen yet. */
  open: z.array(idAt),
  /** Ends that were seen and not told. */
  waiting: z.array(tellingSchema),
  /** The message that tells of some of them, fixed before it is first sent: sent again, it is the same to the letter. */
  message: z.object({ id: z.string(), text: z.string(), traceparent: z.string().nullable(), tells: z.array(tellingSchema) }).nullable(),
  /** What the operator is to be told yet. */
  notes: z.array(z.object({ delegation_id: z.string(), message: z.string() })),
  /** Results that were in no turn of the agent that came to its end. */
  unread: z.array(z.string()),
  /** Messages that tell of results and have not come to their end: each hands over those that it names, read or not. */
  told: z.array(z.object({ message: z.string(), ids: z.array(z.string()) })).default([]),
  /** Ids of rows that were not this workspace's own, and were reported. */
  foreign: z.array(z.string()),
  /** When the agent was last told, by this machine's clock. */
  told_at: z.number(),
});
export type ResultsFacts = z.infer<typeof stateSchema>;

const EMPTY: ResultsFacts = {
  schema: 1,
  watermark: null,
  settled: [],
  open: [],
  waiting: [],
  message: null,
  notes: [],
  unread: [],
  told: [],
  foreign: [],
  told_at: 0,
};

/**
 * What is known of the own delegations, on disk before it is acted upon: a change counts once `change` has resolved. One
 * change is written after another, each as a whole.
 */
export class ResultsState {
  readonly #path: string;
  readonly #write: (path: string, text: string) => Promise<void>;
  #facts: ResultsFacts;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(path: string, facts: ResultsFacts, write: (path: string, text: string) => Promise<void>) {
    this.#path = path;
    this.#facts = facts;
    this.#write = write;
  }

  /** A file that cannot be understood is put aside, and logged. */
  static async open(folder: string, log: Log, write = writePrivateFile): Promise<ResultsState> {
    const path = join(folder, FILE);
    return new ResultsState(path, await factsIn(path, log), write);
  }

  get facts(): Readonly<ResultsFacts> {
    return this.#facts;
  }

  /** Rejects when it could not be written: then nothing has changed. */
  change(next: (facts: Readonly<ResultsFacts>) => Partial<ResultsFacts>): Promise<void> {
    const writing = this.#writing.then(async () => {
      const facts = { ...this.#facts, ...next(this.#facts) };
      await this.#write(this.#path, JSON.stringify(facts));
      this.#facts = facts;
    });
    this.#writing = writing.catch(() => {});
    return writing;
  }
}

async function factsIn(path: string, log: Log): Promise<ResultsFacts> {
  const text = await readTextFile(path);
  if (text === null) return EMPTY;
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (thrown) {
    const aside = `${path}.damaged-${Date.now()}`;
    await rename(path, aside);
    log('error', `What was known of delegations could not be read and is kept as ${aside}: ${sentenceOf(thrown)}`);
    return EMPTY;
  }
}
