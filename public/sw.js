// Shows what this Canvas pushes to the browser, and opens its page. There is no fetch handler: pages load as if this were not here.

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  const { title, body, tag, path } = readMessage(event.data);
  // Titles and bodies of notifications are plain text: nothing in them is markup.
  event.waitUntil(self.registration.showNotification(title, { body, tag, renotify: true, data: { path } }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(pathOf(event.notification.data?.path)));
});

// A browser may renew its subscription by itself. The address that Canvas has then answers that it is gone.
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event.newSubscription)));

async function renew(made) {
  try {
    const { endpoint, keys } = (made ?? (await subscribe())).toJSON();
    const body = JSON.stringify({ target: { kind: 'push', endpoint, keys } });
    // Kept by the page that made the channels (lib/client/push.ts).
    const kept = await caches.open('canvas-push');
    let told = 0;
    for (const key of await kept.keys()) {
      const channel = await (await kept.match(key)).text();
      const answer = await fetch(`/channels/${channel}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body });
      // Removed since.
      if (answer.status === 404) await kept.delete(key);
      else if (answer.ok) told += 1;
      else throw new Error(`refused with ${answer.status}`);
    }
    if (told === 0) throw new Error('no channel is kept');
  } catch {
    const body =
      'The browser changed its address, and Canvas could not take the new one. To be told here again, add this browser in the settings.';
    await self.registration.showNotification('Canvas no longer reaches this browser', {
      body,
      tag: 'canvas-push',
      data: { path: '/settings' },
    });
  }
}

async function subscribe() {
  const { public_key: applicationServerKey } = await (await fetch('/push-key')).json();
  return self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
}

/** A push must show something, whatever came: browsers end subscriptions that stay silent. */
function readMessage(data) {
  let message = {};
  try {
    message = data?.json() ?? {};
  } catch {
    // What cannot be read is shown as the least that is known.
  }
  const text = (value, otherwise) => (typeof value === 'string' && value !== '' ? value : otherwise);
  return {
    title: text(message.title, 'Canvas'),
    body: text(message.body, ''),
    tag: text(message.tag, 'canvas'),
    path: pathOf(message.path),
  };
}

/** A page of this Canvas, and nothing else. */
function pathOf(path) {
  return typeof path === 'string' && /^\/(?:inbox\/[\w-]{1,64}|settings)$/.test(path) ? path : '/inbox';
}

/** In a tab that shows Canvas, when there is one. */
async function open(path) {
  const [tab] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (!tab) return self.clients.openWindow(path);
  await tab.focus();
  // A tab that is not controlled yet cannot be led: a new one then opens the page.
  return tab.navigate(path).catch(() => self.clients.openWindow(path));
}
