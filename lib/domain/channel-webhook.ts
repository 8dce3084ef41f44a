import { type ChannelNews, factsOf, oneLine, plainText, type ToldIncident, titleOf } from './channel-text.ts';

/** What a webhook gets, as JSON. `type` says what happened; the texts in `data` are plain text and may be anybody's. */
export interface WebhookBody {
  type: 'incident.opened' | 'incident.again' | 'incident.closed' | 'test';
  /** ISO 8601. */
  timestamp: string;
  data: {
    title: string;
    text: string;
    link: string;
    incident:
      | (Omit<ToldIncident, 'opened_at' | 'last_at' | 'closed_at'> & { opened_at: string; last_at: string; closed_at: string | null })
      | null;
  };
}

export function webhookBody(news: ChannelNews): WebhookBody {
  const { about, at, incident, link } = news;
  return {
    type: about === 'test' ? 'test' : `incident.${about}`,
    timestamp: iso(at),
    data: { title: titleOf(news), text: factsOf(news).join(' '), link, incident: incident && toldIncident(incident) },
  };
}

function toldIncident({ id, kind, severity, workspace_id, count, ...told }: ToldIncident): WebhookBody['data']['incident'] {
  return {
    ...{ id, kind, severity, workspace_id, count },
    workspace_name: oneLine(told.workspace_name),
    title: oneLine(told.title),
    detail: plainText(told.detail),
    closed_why: plainText(told.closed_why),
    opened_at: iso(told.opened_at),
    last_at: iso(told.last_at),
    closed_at: told.closed_at === null ? null : iso(told.closed_at),
  };
}

const iso = (at: number) => new Date(at).toISOString();
