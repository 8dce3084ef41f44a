import { cutText } from '#lib/contract/heartbeat.ts';
import { type ChannelNews, factsOf, oneLine, quoteOf, titleOf } from './channel-text.ts';

/** What the service worker gets. Push services take 4,096 bytes, encrypted; this stays well below. */
export interface PushBody {
  /** Of a message that comes twice the same. */
  id: string;
  title: string;
  body: string;
  /** A path of this Canvas: the service worker opens nothing else. */
  path: string;
  /** Messages of one incident replace each other on the screen. */
  tag: string;
}

export function pushBody(news: ChannelNews): PushBody {
  const { incident } = news;
  const quote = oneLine(quoteOf(news));
  return {
    id: news.id,
    title: cutText(titleOf(news), 150),
    body: cutText([factsOf(news).join(' '), quote].filter(Boolean).join(' — '), 300),
    path: incident ? `/inbox/${encodeURIComponent(incident.id)}` : '/settings',
    tag: incident?.id ?? news.id,
  };
}
