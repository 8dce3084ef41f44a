import { expect, it } from 'vitest';
import { heartbeatSchema, MAX_REQUESTS, MAX_UPTIME_SECONDS } from './heartbeat.ts';

it('clamps numbers that no agent can mean, and takes the beat', () => {
  const beat = { workspace_id: 'a', uptime_seconds: 1e300, requests: Number.MAX_SAFE_INTEGER };
  expect(heartbeatSchema.parse(beat)).toStrictEqual({ workspace_id: 'a', uptime_seconds: MAX_UPTIME_SECONDS, requests: MAX_REQUESTS });
});

it('takes what an old agent with much to do may say, and cuts the part of a second', () => {
  const beat = { workspace_id: 'a', uptime_seconds: 10 * 365 * 86_400 + 0.5, requests: MAX_REQUESTS };
  expect(heartbeatSchema.parse(beat)).toStrictEqual({ ...beat, uptime_seconds: 10 * 365 * 86_400 });
});
