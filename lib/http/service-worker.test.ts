import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, test } from 'vitest';

const program = readFileSync(fileURLToPath(new URL('../../public/sw.js', import.meta.url)), 'utf8');

interface Tab {
  focus(): Promise<void>;
  navigate(path: string): Promise<void>;
}

let shown: { title: string; options: { body: string; tag: string; data: { path: string } } }[];
let led: string[];
let tabs: Tab[];
let heard: Record<string, (event: object) => void>;
/** What it asked this Canvas for, and what that answers to a change of the channel. */
let asked: string[];
let answers: number;
/** The channels of this browser. */
let kept: string[];
/** Channels that Canvas does not know any more. */
let removed: string[];

/** What the program finds around it in a browser, as far as it uses it. */
beforeEach(() => {
  [shown, led, tabs, heard, asked, answers, kept, removed] = [[], [], [], {}, [], 200, ['c1'], []];
  const self = {
    addEventListener: (name: string, listener: (event: object) => void) => {
      heard[name] = listener;
    },
    registration: {
      showNotification: async (title: string, options: (typeof shown)[number]['options']) => void shown.push({ title, options }),
      pushManager: { subscribe: async ({ applicationServerKey }: { applicationServerKey: string }) => subscription(applicationServerKey) },
    },
    clients: { matchAll: async () => tabs, openWindow: async (path: string) => void led.push(`new ${path}`) },
  };
  const cache = {
    keys: async () => [...kept],
    match: async (key: string) => ({ text: async () => key }),
    delete: async (key: string) => {
      kept = kept.filter((one) => one !== key);
    },
  };
  const caches = { open: async () => cache };
  const fetch = async (path: string, { method = 'GET', body = '' } = {}) => {
    asked.push([method, path, body].join(' ').trim());
    const status = removed.some((id) => path.endsWith(id)) ? 404 : answers;
    return { ok: status < 400, status, json: async () => ({ public_key: 'key' }) };
  };
  runInNewContext(program, { self, caches, fetch });
});

const subscription = (name: string) => ({ toJSON: () => ({ endpoint: `https://push.example/${name}`, keys: { p256dh: 'p', auth: 'a' } }) });

async function happens(name: string, event: object): Promise<void> {
  let work: Promise<unknown> = Promise.resolve();
  heard[name]?.({
    ...event,
    waitUntil: (promise: Promise<unknown>) => {
      work = promise;
    },
  });
  await work;
}
const pushed = (message: unknown) => happens('push', { data: { json: () => message } });
const pressed = (path: unknown) => happens('notificationclick', { notification: { close: () => {}, data: { path } } });

describe('a push', () => {
  test('is shown as it says', async () => {
    await pushed({ id: '1', title: '<b>Digger</b> is stuck', body: 'no answer', tag: 'i1', path: '/inbox/i1' });
    expect(shown).toMatchObject([
      { title: '<b>Digger</b> is stuck', options: { body: 'no answer', tag: 'i1', data: { path: '/inbox/i1' } } },
    ]);
  });

  test('that cannot be read, or is empty, still shows something', async () => {
    await happens('push', { data: null });
    await happens('push', {
      data: {
        json: () => {
          throw new SyntaxError('no JSON');
        },
      },
    });
    await pushed({ title: 5, body: {}, path: 7 });
    expect(shown.map(({ title, options }) => [title, options.body, options.data.path])).toEqual(Array(3).fill(['Canvas', '', '/inbox']));
  });
});

describe('a press', () => {
  test.each([
    ['/inbox/0193a1b2-0000-7000-8000-000000000001', '/inbox/0193a1b2-0000-7000-8000-000000000001'],
    ['/settings', '/settings'],
    ['https://evil.example/', '/inbox'],
    ['//evil.example/', '/inbox'],
    ['/inbox/../settings', '/inbox'],
    ['/api/auth/sign-out', '/inbox'],
    ['javascript:alert(1)', '/inbox'],
    [42, '/inbox'],
    [undefined, '/inbox'],
  ])('on %s opens %s', async (path, opened) => {
    await pressed(path);
    expect(led).toEqual([`new ${opened}`]);
  });

  test('leads a tab that is there; one that cannot be led stays, and a new one opens', async () => {
    tabs = [{ focus: async () => {}, navigate: async (path) => void led.push(`there ${path}`) }];
    await pressed('/inbox/i1');
    tabs = [{ focus: async () => {}, navigate: () => Promise.reject(new Error('not controlled')) }];
    await pressed('/inbox/i2');
    expect(led).toEqual(['there /inbox/i1', 'new /inbox/i2']);
  });
});

describe('a subscription that the browser renewed', () => {
  const changed = (name: string, channel = 'c1') =>
    `PATCH /channels/${channel} ${JSON.stringify({ target: { kind: 'push', endpoint: `https://push.example/${name}`, keys: { p256dh: 'p', auth: 'a' } } })}`;

  test('goes to the channel of this browser, and nobody is disturbed', async () => {
    await happens('pushsubscriptionchange', { newSubscription: subscription('new') });
    expect([asked, shown]).toEqual([[changed('new')], []]);
  });

  test('goes to all channels of this browser, and one that was removed is forgotten', async () => {
    [kept, removed] = [['c1', 'c2', 'c3'], ['c2']];
    await happens('pushsubscriptionchange', { newSubscription: subscription('new') });
    expect(asked).toEqual(['c1', 'c2', 'c3'].map((channel) => changed('new', channel)));
    expect([kept, shown]).toEqual([['c1', 'c3'], []]);
  });

  test('is made anew where the browser only ended the old one', async () => {
    await happens('pushsubscriptionchange', {});
    expect([asked, shown]).toEqual([['GET /push-key', changed('key')], []]);
  });

  test('is shown to be lost when Canvas does not take it: signed out, or removed since the old one was gone', async () => {
    answers = 401;
    await happens('pushsubscriptionchange', { newSubscription: subscription('new') });
    [answers, removed] = [200, ['c1']];
    await happens('pushsubscriptionchange', { newSubscription: subscription('new') });
    kept = [];
    await happens('pushsubscriptionchange', { newSubscription: subscription('new') });
    const lost = { title: 'Canvas no longer reaches this browser', options: { data: { path: '/settings' } } };
    expect(shown).toMatchObject([lost, lost, lost]);
  });
});
