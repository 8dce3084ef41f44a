import { expect, test } from 'vitest';
import { muteOver } from './mute-over.ts';

const mute = (some: { workspace_id?: string; kind?: 'offline' | 'mass'; until?: number }) => ({
  id: 'm',
  workspace_id: null,
  kind: null,
  until: null,
  ...some,
});

test.each([
  ['nothing', [], false],
  ['the workspace', [mute({ workspace_id: 'w' })], true],
  ['another workspace', [mute({ workspace_id: 'other' })], false],
  ['the kind', [mute({ kind: 'offline' })], true],
  ['another kind', [mute({ kind: 'mass' })], false],
  ['both', [mute({ workspace_id: 'w', kind: 'offline' })], true],
  ['one of the two', [mute({ workspace_id: 'w', kind: 'mass' })], false],
  ['it until later', [mute({ workspace_id: 'w', until: 101 })], true],
  ['it until now', [mute({ workspace_id: 'w', until: 100 })], false],
  ['others before it', [mute({ kind: 'mass' }), mute({ kind: 'offline' })], true],
] as const)('a mute of %s: %s', (_name, mutes, covered) => {
  expect(muteOver(mutes, { workspace_id: 'w', kind: 'offline' }, 100) !== null).toBe(covered);
});

test('a mute of a workspace does not cover what is about many', () => {
  expect(muteOver([mute({ workspace_id: 'w' })], { workspace_id: null, kind: 'mass' }, 100)).toBeNull();
});
