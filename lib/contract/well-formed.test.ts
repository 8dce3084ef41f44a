import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heartbeatSchema } from './heartbeat.ts';
import { agentCardSchema, registerSchema } from './registry.ts';
import { setUpSchema } from './sign-in.ts';
import { isWellFormed, wellFormed, wellFormedJson } from './well-formed.ts';
import { createWorkspaceSchema, patchWorkspaceSchema } from './workspaces.ts';

const LONE = 'x\ud800y';
const MENDED = 'x\ufffdy';
/** Texts with halves of pairs, and with what looks like their JSON escapes. */
const oddText = fc.string({
  unit: fc.oneof(fc.constantFrom('\ud800', '\udfff', '\\', 'ud800', '"', '\u0000', '😀'), fc.string({ maxLength: 1 })),
});

describe('wellFormed', () => {
  it.each([
    [LONE, MENDED],
    ['\udc00\ud800', '\ufffd\ufffd'],
    ['pairs 😀 stay', 'pairs 😀 stay'],
    ['', ''],
  ])('makes %j %j', (text, mended) => {
    expect(wellFormed(text)).toBe(mended);
    expect(isWellFormed(text)).toBe(text === mended);
  });
});

describe('wellFormedJson', () => {
  it('mends what UTF-8 would, in keys and values, and changes nothing else', () => {
    const mendedByUtf8 = (text: string) => Buffer.from(text, 'utf8').toString('utf8');
    fc.assert(
      fc.property(oddText, oddText, (key, text) => {
        const mended = [{ [`k${mendedByUtf8(key)}`]: [mendedByUtf8(text), 1, null, true] }];
        expect(wellFormedJson([{ [`k${key}`]: [text, 1, null, true] }])).toStrictEqual(mended);
      }),
    );
  });

  it('hands back the very value that has nothing to mend', () => {
    const value = { a: ['😀', '\\ud800'] };
    expect(wellFormedJson({ a: '\\ud800' })).toStrictEqual({ a: '\\ud800' });
    expect(wellFormedJson(value)).toStrictEqual(value);
    const plain = { a: ['😀'] };
    expect(wellFormedJson(plain)).toBe(plain);
  });
});

describe('what comes in over the contract', () => {
  const every = (value: unknown) => expect(isWellFormed(JSON.stringify(value)) && !/\\ud[89a-f]/.test(JSON.stringify(value))).toBe(true);

  it('a beat has no half of a pair in any text', () => {
    const beat = heartbeatSchema.parse({
      workspace_id: LONE,
      boot_id: LONE,
      current_task: LONE,
      sample_error: LONE,
      runtime_metadata: { capabilities: { [LONE]: true }, other: [LONE] },
      drain: { run_id: LONE, state: 'draining', in_flight: [{ id: LONE, summary: LONE }] },
    });
    every(beat);
    expect(beat).toMatchObject({ current_task: MENDED, sample_error: MENDED, drain: { in_flight: [{ summary: MENDED }] } });
  });

  it('nor has a text that was cut', () => {
    every(heartbeatSchema.parse({ workspace_id: 'a', current_task: `${'x'.repeat(1998)}😀😀`, sample_error: '\udc00'.repeat(2001) }));
  });

  it('nor a workspace that is made or changed', () => {
    const texts = { name: LONE, role: LONE, runtime: LONE, labels: { team: LONE }, config: { env: { [LONE]: LONE } } };
    for (const parsed of [createWorkspaceSchema.parse(texts), patchWorkspaceSchema.parse(texts)]) {
      every(parsed);
      expect(parsed).toMatchObject({ name: MENDED, role: MENDED, labels: { team: MENDED } });
    }
  });

  it('nor an agent card, nor the name of a person', () => {
    every(agentCardSchema.parse({ name: LONE, skills: [{ description: LONE }] }));
    every(registerSchema.parse({ id: 'a', url: 'http://a/', agent_card: { name: LONE } }));
    every(setUpSchema.parse({ token: 't', name: LONE, email: 'a@example.org', password: 'p'.repeat(12) }));
  });
});
