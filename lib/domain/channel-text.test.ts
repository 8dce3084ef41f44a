import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mailText } from './channel-email.ts';
import { pushBody } from './channel-push.ts';
import { slackBody } from './channel-slack.ts';
import { type ChannelNews, factsOf, oneLine, quoteOf, type ToldIncident, titleOf } from './channel-text.ts';
import { webhookBody } from './channel-webhook.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const told = (some: Partial<ToldIncident> = {}): ToldIncident => ({
  ...{
    id: 'i1',
    kind: 'wedged',
    severity: 'critical',
    workspace_id: 'w1',
    workspace_name: 'Digger',
    title: 'Digger is stuck',
    detail: 'no answer',
  },
  ...{ count: 1, opened_at: NOON, last_at: NOON, closed_at: null, closed_why: '' },
  ...some,
});
const news = (some: Partial<ChannelNews> = {}): ChannelNews => ({
  ...{ id: 'n1', about: 'opened', at: NOON, incident: told(), link: 'https://canvas.example/inbox/i1' },
  ...some,
});

describe('what is told', () => {
  test.each<[string, ChannelNews, string, string[]]>([
    ['a beginning', news(), 'Digger is stuck', ['Critical, since 2026-01-01 12:00 UTC.']],
    [
      'a repeat',
      news({ about: 'again', incident: told({ count: 3 }) }),
      'Again: Digger is stuck',
      ['Critical, since 2026-01-01 12:00 UTC.', '3 times since 2026-01-01 12:00 UTC.'],
    ],
    [
      'an end',
      news({ about: 'closed', incident: told({ closed_at: NOON + 3_900_000 }) }),
      'Over: Digger is stuck',
      ['Over since 2026-01-01 13:05 UTC, after 1 h 5 min.'],
    ],
    [
      'a test',
      news({ about: 'test', incident: null }),
      'Test: Canvas can reach you here',
      ['Somebody pressed "Send a test". Nothing is wrong.'],
    ],
  ])('%s', (_name, given, title, facts) => {
    expect(titleOf(given)).toBe(title);
    expect(factsOf(given)).toEqual(facts);
  });

  test('of an end the words are why it is over', () => {
    expect(quoteOf(news())).toBe('no answer');
    expect(quoteOf(news({ about: 'closed', incident: told({ closed_why: 'It answers.' }) }))).toBe('It answers.');
  });
});

/** Pieces with which texts try to do something, and anything else. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '@channel',
        '@here',
        '<!channel>',
        '<!here|x>',
        '<@U1>',
        '[a](https://evil.example)',
        '<https://evil.example|a>',
        '\r\n',
        '\n',
        '\u2028',
        '\u0085',
        'Bcc: a@b',
        '&lt;',
        '`',
        '.',
        '\u202e',
        '\u0000',
      ),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

test('whatever agents write, no medium does anything but show it', () => {
  fc.assert(
    fc.property(
      hostile,
      hostile,
      hostile,
      fc.constantFrom('opened' as const, 'again' as const, 'closed' as const),
      (title, detail, name, about) => {
        const given = news({
          about,
          incident: told({ title, detail, workspace_name: name, closed_why: detail, closed_at: about === 'closed' ? NOON : null }),
        });

        const slack = slackBody(given) as { text: string; blocks: { text?: { type: string }; elements?: { text: string }[] }[] };
        expect(slack.text).not.toMatch(/[<>\r\n]|&(?!amp;|lt;|gt;)|@(?:channel|here|everyone)|\]\(|`(?!\u200b)/);
        for (const block of slack.blocks) {
          if (block.text) expect(block.text.type).toBe('plain_text');
          for (const { text } of block.elements ?? []) expect(text).toBe(`<${given.link}|Open in Canvas>`);
        }

        const mail = mailText(given);
        for (const header of [mail.subject, mail.messageId, mail.thread ?? '']) expect(header).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(mail.text).not.toMatch(/[^\P{Cc}\n\t]|[\u2028\u2029]/u);
        const quote = mail.text.split('\n').slice(3 + factsOf(given).length, -3);
        for (const line of quote) expect(line).toMatch(/^> /);

        const push = pushBody(given);
        expect(`${push.title}${push.body}`).not.toMatch(/[\p{Cc}\u202e]/u);
        expect(push.path).toBe('/inbox/i1');
        expect(Buffer.byteLength(JSON.stringify(push))).toBeLessThan(3900);

        const hook = webhookBody(given);
        expect(JSON.parse(JSON.stringify(hook))).toEqual(hook);
        expect(hook.data.title).not.toMatch(/\p{Cc}/u);
      },
    ),
    { numRuns: 500 },
  );
});

test('a line stays one line, and what only looks like another text is taken out', () => {
  expect(oneLine(' a\r\n\tb\u2028c\u0085d\u0000e\u202ef\u200bg ')).toBe('a b c defg');
  expect(oneLine('Grüße 👩‍👩‍👧 \ud800')).toBe('Grüße 👩‍👩‍👧 \ufffd');
});
