import { type ChannelNews, factsOf, oneLine, quoteOf, titleOf } from './channel-text.ts';

const MAX_LINE = 900;

export interface MailText {
  subject: string;
  /** Plain text, lines ended by `\n`. */
  text: string;
  /** Of one attempt and its repetitions the same, without angle brackets. */
  messageId: string;
  /** The message that every message about the incident answers, so that they stand in one thread; null: a test. */
  thread: string | null;
}

/** One mail. What agents wrote is quoted, line by line; nothing in it is a header. */
export function mailText(news: ChannelNews): MailText {
  const quote = quoteOf(news);
  const title = titleOf(news);
  const lines = [title, '', ...factsOf(news), ...(quote === '' ? [] : ['', ...quoted(quote)]), '', news.link, ''];
  return {
    subject: `[Canvas] ${title}`,
    text: lines.join('\n'),
    messageId: `${idPart(news.id)}@canvas.invalid`,
    thread: news.incident && `incident-${idPart(news.incident.id)}@canvas.invalid`,
  };
}

/** Lines of mail hold at most 998 bytes; 900 characters of ASCII, and fewer of others are encoded by the sender. */
function quoted(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const parts = line.match(new RegExp(`.{1,${MAX_LINE}}`, 'gu')) ?? [''];
    return parts.map((part) => `> ${part}`);
  });
}

const idPart = (id: string) => oneLine(id).replace(/[^A-Za-z0-9._-]/g, '-');
