import { expect, test } from 'vitest';
import { runtimeMetadata } from './runtime-metadata.ts';

const of = (capabilities: unknown, idle?: unknown) => runtimeMetadata({ capabilities: () => capabilities, idleTimeoutSeconds: () => idle });

test('flags and the idle timeout travel', () => {
  expect(of({ session: true, status_mgmt: false }, 90)).toEqual({
    capabilities: { session: true, status_mgmt: false },
    idle_timeout_seconds: 90,
  });
});

test.each([[null], ['all'], [['a']], [{ a: 'yes', b: 1, c: null }]])('broken capabilities %j are left out', (capabilities) => {
  expect(of(capabilities)).toEqual({ capabilities: {} });
});

test.each([[0], [-1], [Number.NaN], ['600'], [null], [Number.POSITIVE_INFINITY]])('a broken idle timeout %j is left out', (idle) => {
  expect(of({ a: true }, idle)).toEqual({ capabilities: { a: true } });
});

test('too many flags are cut to what a beat may hold', () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`flag_${index}`, true]));
  expect(Object.keys(of(many).capabilities ?? {})).toHaveLength(64);
});

test('a broken flag does not cost the sound ones', () => {
  expect(of({ a: 'yes', b: 1, c: null, session: true })).toEqual({ capabilities: { session: true } });
});
