import { describe, expect, test } from 'vitest';
import { quietUntil } from './quiet-hours.ts';

const hours = (from: string, to: string, zone = 'UTC') => ({ from, to, zone, let_critical_through: true });
const at = (text: string) => Date.parse(text);

describe('quiet hours', () => {
  test.each([
    ['none are set', null, '2026-01-10T23:00:00Z', null],
    ['before they begin', hours('09:00', '17:00'), '2026-01-10T08:59:59.999Z', null],
    ['as they begin', hours('09:00', '17:00'), '2026-01-10T09:00:00Z', '2026-01-10T17:00:00Z'],
    ['within a minute', hours('09:00', '17:00'), '2026-01-10T16:59:59.999Z', '2026-01-10T17:00:00Z'],
    ['as they end', hours('09:00', '17:00'), '2026-01-10T17:00:00Z', null],
    ['before midnight', hours('22:30', '07:00'), '2026-01-10T23:15:00Z', '2026-01-11T07:00:00Z'],
    ['after midnight', hours('22:30', '07:00'), '2026-01-11T00:00:00Z', '2026-01-11T07:00:00Z'],
    ['until midnight', hours('20:00', '00:00'), '2026-01-10T21:00:00Z', '2026-01-11T00:00:00Z'],
    ['the same time twice', hours('08:00', '08:00'), '2026-01-10T08:00:00Z', null],
    ['elsewhere, where the day is another', hours('22:00', '06:00', 'Asia/Tokyo'), '2026-01-10T14:00:00Z', '2026-01-10T21:00:00Z'],
    ['half an hour off', hours('22:00', '06:00', 'Asia/Kolkata'), '2026-01-10T16:30:00Z', '2026-01-11T00:30:00Z'],
    // Europe/Berlin: on 29 March 2026 two o'clock is three; on 25 October three o'clock is two again.
    ['over the hour that is left out', hours('22:00', '07:00', 'Europe/Berlin'), '2026-03-28T22:00:00Z', '2026-03-29T05:00:00Z'],
    ['with an end in the hour that is left out', hours('22:00', '02:30', 'Europe/Berlin'), '2026-03-28T22:00:00Z', '2026-03-29T01:00:00Z'],
    ['over the hour that comes twice', hours('22:00', '07:00', 'Europe/Berlin'), '2026-10-24T21:00:00Z', '2026-10-25T06:00:00Z'],
    [
      'with a beginning in the hour that is left out',
      hours('02:30', '07:00', 'Europe/Berlin'),
      '2026-03-29T01:00:00Z',
      '2026-03-29T05:00:00Z',
    ],
  ] as const)('%s', (_name, quiet, now, until) => {
    expect(quietUntil(quiet, at(now))).toBe(until === null ? null : at(until));
  });

  test('the second time an hour comes counts like the first', () => {
    const quiet = hours('02:15', '02:45', 'Europe/Berlin');
    expect(quietUntil(quiet, at('2026-10-25T00:20:00Z'))).toBe(at('2026-10-25T00:45:00Z'));
    expect(quietUntil(quiet, at('2026-10-25T00:50:00Z'))).toBeNull();
    expect(quietUntil(quiet, at('2026-10-25T01:20:00Z'))).toBe(at('2026-10-25T01:45:00Z'));
  });
});
