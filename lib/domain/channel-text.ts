import { cutText } from '#lib/contract/heartbeat.ts';
import type { Incident } from '#lib/contract/incidents.ts';
import { wellFormed } from '#lib/contract/well-formed.ts';
import { formatAge } from './duration-text.ts';

export type About = 'opened' | 'again' | 'closed' | 'test';

/** What a channel tells of an incident. */
export type ToldIncident = Pick<
  Incident,
  | 'id'
  | 'kind'
  | 'severity'
  | 'workspace_id'
  | 'workspace_name'
  | 'title'
  | 'detail'
  | 'count'
  | 'opened_at'
  | 'last_at'
  | 'closed_at'
  | 'closed_why'
>;

/** One message for a channel, before it is put into the form of its medium. */
export interface ChannelNews {
  /** Stays the same however often it is sent. */
  id: string;
  about: About;
  /** When it is sent, epoch ms. */
  at: number;
  /** Null: a test. */
  incident: ToldIncident | null;
  /** The incident's page, or of a test the page of settings. */
  link: string;
}

const MAX_TITLE = 200;
const MAX_BODY = 2000;
const ABOUT: Record<About, string> = { opened: '', again: 'Again: ', closed: 'Over: ', test: 'Test: ' };

/** One line in plain words. What agents wrote stands in it as it is: each medium makes it harmless by its own rules. */
export function titleOf({ about, incident }: ChannelNews): string {
  const title = incident ? incident.title : 'Canvas can reach you here';
  return cutText(`${ABOUT[about]}${oneLine(title)}`, MAX_TITLE);
}

/** What Canvas itself says below the title, one fact a line. */
export function factsOf({ about, incident }: ChannelNews): string[] {
  if (!incident) return ['Somebody pressed "Send a test". Nothing is wrong.'];
  const repeats = incident.count > 1 ? [`${incident.count} times since ${stamp(incident.opened_at)}.`] : [];
  if (about === 'closed' && incident.closed_at !== null) {
    return [`Over since ${stamp(incident.closed_at)}, after ${formatAge(incident.closed_at - incident.opened_at)}.`, ...repeats];
  }
  return [`${capital(incident.severity)}, since ${stamp(incident.opened_at)}.`, ...repeats];
}

/** The words of the incident: an agent's own, or what the workspace said of itself. Hostile. Empty: there are none. */
export function quoteOf({ about, incident }: ChannelNews): string {
  if (!incident) return '';
  return cutText(plainText(about === 'closed' ? incident.closed_why : incident.detail), MAX_BODY);
}

/**
 * A text as one line: every line end and control character is a space, so that it cannot begin a header or a line of a
 * protocol; marks that turn the direction of text are taken out, so that it reads as it stands.
 */
export function oneLine(text: string): string {
  return plainText(text)
    .replace(/[\s\u2028\u2029]+/g, ' ')
    .trim();
}

/** Lines and tabs stay; other control characters and marks of direction go. Lone halves of characters are replaced. */
export function plainText(text: string): string {
  return (
    wellFormed(text)
      .replace(/\r\n?|[\u0085\u2028\u2029\v\f]/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g, '')
  );
}

/** Minutes are enough, and the zone is one that everybody can read. */
function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

const capital = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
