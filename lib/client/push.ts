import { fetchPushKey } from './channels.ts';

/** What a channel of this browser is made of. */
export interface PushTarget {
  kind: 'push';
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

/** Why this browser cannot be pushed to, in words; null: it can be asked. */
export function whyNoPush(): string | null {
  if (!isSecureContext)
    return 'Browsers allow this only on pages that come by https, or from this machine itself. Open Canvas by https to be told in this browser.';
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis) || !('Notification' in globalThis))
    return 'This browser cannot be told anything while its page is closed. Another one can, or on a phone the page that was added to the home screen.';
  if (Notification.permission === 'denied')
    return 'This browser was told never to show notifications of this page. Allow them in its settings for this site, then try again.';
  return null;
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Asks the person, then the browser's push service. Call it from a press: browsers ignore those who ask unasked. Rejects with why not, in words. */
export async function subscribeToPush(): Promise<PushTarget> {
  const why = whyNoPush();
  if (why !== null) throw new Error(why);
  if ((await Notification.requestPermission()) !== 'granted')
    throw new Error('The browser was not allowed to show notifications, so nothing was set up.');
  const { public_key: key } = await fetchPushKey();
  await navigator.serviceWorker.register('/sw.js').catch(() => {
    throw new Error(
      'What receives notifications could not be installed in this browser. A private window or a strict setting may forbid it.',
    );
  });
  const { pushManager } = await navigator.serviceWorker.ready;
  // A subscription that was made with another key of another Canvas would refuse what this one sends. One with this key
  // serves channels that are there: it is taken again.
  const kept = await pushManager.getSubscription();
  const keptKey = kept?.options.applicationServerKey;
  if (!keptKey || String(new Uint8Array(keptKey)) !== String(bytesOf(key))) await kept?.unsubscribe();
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) }).catch(() => {
    throw new Error(
      'The push service of this browser could not be reached. It may be blocked in this network, or switched off in the browser.',
    );
  });
  const { endpoint, keys } = subscription.toJSON();
  if (endpoint === undefined || keys?.['p256dh'] === undefined || keys['auth'] === undefined)
    throw new Error('The browser answered without the keys that are needed to send to it.');
  return { kind: 'push', endpoint, keys: { p256dh: keys['p256dh'], auth: keys['auth'] } };
}

/** For the service worker (`public/sw.js`), which tells Canvas when the browser renews the subscription that its channels share. */
export async function keepPushChannel(id: string): Promise<void> {
  const kept = await caches.open('canvas-push');
  await kept.put(`/push-channels/${encodeURIComponent(id)}`, new Response(id));
}
