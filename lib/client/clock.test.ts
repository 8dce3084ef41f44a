import { describe, expect, it } from 'vitest';
import { createClock } from './clock.ts';

describe('clock', () => {
  it('shows the time of the platform, not of this computer', () => {
    let wall = 1_000;
    const clock = createClock(() => wall);
    clock.learn(500_000);
    wall = 3_000;
    expect(clock.now()).toBe(502_000);
  });

  it('believes the answer that was shortest on its way', () => {
    const wall = 1_000_000;
    const clock = createClock(() => wall);
    clock.learn(wall - 900);
    clock.learn(wall - 100);
    clock.learn(wall - 2_000);
    expect(clock.now()).toBe(wall - 100);
  });

  it('follows when the clock of this computer was set anew', () => {
    let wall = 1_000_000;
    const clock = createClock(() => wall);
    clock.learn(1_000_000);
    wall += 3_600_000;
    clock.learn(1_000_500);
    expect(clock.now()).toBe(1_000_500);
  });

  it('ticks for all that listen, and stands still between ticks', async () => {
    let wall = 10_990;
    const clock = createClock(() => wall);
    const seen = await new Promise<number>((resolve) => {
      const stop = clock.subscribe(() => {
        stop();
        resolve(wall);
      });
      wall = 11_700;
      expect(clock.now()).toBe(10_990);
    });
    expect(seen).toBe(11_700);
    expect(clock.now()).toBe(11_700);
  });
});
