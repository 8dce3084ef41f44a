import { expect, test } from 'vitest';
import { canStream, isModernOnly, platformCard } from './a2a-card.ts';

const url = 'https://canvas.example/workspaces/w/a2a';
const inside = 'http://10.0.0.7:8000/';

test('a card at the platform sends messages there, in the versions that the agent speaks, and tells no inner address', () => {
  const card = {
    name: 'Atlas',
    url: inside,
    protocolVersion: '0.3.0',
    preferredTransport: 'GRPC',
    additionalInterfaces: [{ url: inside, transport: 'GRPC' }],
    supportedInterfaces: [
      { url: inside, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
      { url: inside, protocolBinding: 'GRPC', protocolVersion: '1.0' },
      { url: inside, protocolBinding: 'JSONRPC', protocolVersion: '0.3' },
      'nonsense',
    ],
    securitySchemes: { inner: { type: 'apiKey' } },
    signatures: [{ signature: 'x' }],
    capabilities: { streaming: true },
    skills: [{ id: 'dig', description: `with ghp_${'a1B2c3D4'.repeat(4)}zzzz` }],
  };
  const shown = platformCard(card, url);
  expect(shown).toMatchObject({ name: 'Atlas', url, preferredTransport: 'JSONRPC', capabilities: { streaming: true } });
  expect(shown['supportedInterfaces']).toEqual([
    { url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
    { url, protocolBinding: 'JSONRPC', protocolVersion: '0.3' },
  ]);
  const text = JSON.stringify(shown);
  for (const hidden of [inside, 'apiKey', 'signature', 'ghp_', 'GRPC']) expect(text).not.toContain(hidden);
  expect(platformCard({ url: inside }, url)['supportedInterfaces']).toEqual([{ url, protocolBinding: 'JSONRPC', protocolVersion: '0.3' }]);
});

test.each<[unknown, boolean]>([
  [{ capabilities: { streaming: true } }, true],
  [{ capabilities: { streaming: 'yes' } }, false],
  [{ capabilities: null }, false],
  [{}, false],
  [null, false],
])('%j streams: %s', (card, streams) => {
  expect(canStream(card as Record<string, unknown> | null)).toBe(streams);
});

const speaks = (...versions: unknown[]) => ({ supportedInterfaces: versions.map((protocolVersion) => ({ protocolVersion })) });

test.each<[unknown, boolean]>([
  [speaks('1.0'), true],
  [speaks('1.0', '1.1'), true],
  [speaks('1.0', '0.3'), false],
  [{ ...speaks('1.0'), protocolVersion: '0.3.0' }, false],
  [{ protocolVersion: '1.0' }, true],
  [speaks(1, null), false],
  [{ supportedInterfaces: ['nonsense', null] }, false],
  [{}, false],
  [null, false],
])('%j speaks 1.0 alone: %s', (card, alone) => {
  expect(isModernOnly(card as Record<string, unknown> | null)).toBe(alone);
});
