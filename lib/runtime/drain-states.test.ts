import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Drain } from './drain.ts';
import { Gate } from './gate.ts';
import { WorkInHand } from './work-in-hand.ts';
import { WorkMeter } from './work-meter.ts';

let work: WorkInHand;
let gate: Gate;
let drain: Drain;
let states: string[];
let kept: { runId: string; over: AbortSignal }[];

beforeEach(() => {
  const meter = new WorkMeter();
  work = new WorkInHand(meter);
  gate = new Gate();
  drain = new Drain({ work, gate, inFlight: () => meter.inFlight, graceMs: 0 });
  states = [];
  kept = [];
  work.onChange = () => drain.look();
  drain.onChange = () => void states.push(drain.state);
  drain.onDrained = (runId, over) => void kept.push({ runId, over });
});
afterEach(() => drain.end());

test('with nothing at work it is drained at once, and its work is kept once', () => {
  drain.signal('a', 60);
  drain.signal('a', 60);
  drain.look();
  expect([states, kept.map(({ runId }) => runId), gate.isOpen]).toEqual([['draining', 'drained'], ['a'], false]);
});

test('a message on its way to the agent is at work; one that never got there holds nothing up', () => {
  const admission = work.admit('m1');
  drain.signal('a', null);
  expect(drain.state).toBe('draining');
  const begun = work.begin('t1', 'm1', 'x');
  work.settle(admission);
  expect(drain.state).toBe('draining');
  work.end(begun, 'served');
  expect(drain.state).toBe('drained');
  drain.cancel('a');
  const lost = work.admit('m2');
  drain.signal('b', null);
  work.settle(lost);
  expect(drain.state).toBe('drained');
});

test('a message on its way when the deadline passes is turned away', () => {
  const admission = work.admit('m1');
  drain.signal('a', 0);
  expect([drain.state, admission.turnedAway]).toEqual(['cancelling', true]);
});

test('a cancel and a signal of another run end the keeping of the first; another cancel does not', () => {
  drain.signal('a', null);
  drain.cancel('b');
  expect(kept[0]?.over.aborted).toBe(false);
  drain.signal('b', null);
  expect(kept.map(({ runId, over }) => [runId, over.aborted])).toEqual([
    ['a', true],
    ['b', false],
  ]);
  drain.cancel('b');
  expect([kept[1]?.over.aborted, drain.state, drain.block, gate.isOpen]).toEqual([true, 'open', null, true]);
});

test('a deadline comes nearer, never later, and is gone with its run', async () => {
  const first = work.begin('t1', 'm1', 'x');
  drain.signal('a', null);
  drain.signal('a', 0.01);
  drain.signal('a', 3600);
  await vi.waitUntil(() => first.asked.signal.aborted);
  await vi.waitUntil(() => first.cut.signal.aborted);
  work.end(first, 'cancelled');
  expect([drain.state, work.unfinished.map(({ message_id }) => message_id)]).toEqual(['drained', ['m1']]);
  drain.cancel('a');
  const second = work.begin('t2', 'm2', 'y');
  drain.signal('b', 0.01);
  drain.cancel('b');
  const third = work.begin('t3', 'm3', 'z');
  drain.signal('c', 0.05);
  await vi.waitUntil(() => third.asked.signal.aborted);
  expect([second.endedBy, work.unfinished]).toEqual(['runtime', []]);
});

test('when the runtime stops no run can begin or end any more', () => {
  drain.signal('a', null);
  drain.end();
  expect(kept[0]?.over.aborted).toBe(true);
  expect(drain.cancel('a')).toBe(false);
  expect(() => drain.signal('b', null)).toThrow('stopping already');
  expect([drain.state, drain.block?.state]).toEqual(['ended', 'drained']);
});

test('self-given work waits at a closed gate until it opens, or for good', async () => {
  gate.closeToDrain();
  const order: string[] = [];
  const waiting = gate.whenOpen().then(() => order.push('in'));
  order.push('open');
  gate.reopen();
  await waiting;
  expect(order).toEqual(['open', 'in']);
  gate.closeToDrain();
  const late = gate.whenOpen();
  gate.closeToStop();
  await expect(late).rejects.toMatchObject({ code: 'draining' });
  gate.reopen();
  await expect(gate.whenOpen()).rejects.toMatchObject({ code: 'draining' });
});
