import { cutText } from '#lib/contract/heartbeat.ts';
import { type ChannelNews, factsOf, oneLine, quoteOf, titleOf } from './channel-text.ts';

/** Slack's own limits: a header and a plain text of a section. */
const MAX_HEADER = 150;
const MAX_SECTION = 3000;

/**
 * A message in Block Kit. Whatever agents wrote stands in `plain_text` alone, where Slack reads no mention, no link and
 * no markup; `text`, which notifications show, is read as markup, so its three letters of power are escaped.
 */
export function slackBody(news: ChannelNews): Record<string, unknown> {
  const quote = quoteOf(news);
  const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
  return {
    text: slackEscaped(titleOf(news)),
    // Neither names and channels nor addresses in the text become links, and nothing is fetched to be shown.
    ...{ parse: 'none', link_names: false, mrkdwn: false, unfurl_links: false, unfurl_media: false },
    blocks: [
      // Slack has no place for an id of its own; a receiver that gets a message twice finds it here.
      { type: 'header', block_id: news.id, text: plain(cutText(titleOf(news), MAX_HEADER)) },
      { type: 'section', text: plain(factsOf(news).join('\n')) },
      ...(quote === '' ? [] : [{ type: 'section', text: plain(cutText(quote, MAX_SECTION)) }]),
      { type: 'context', elements: [{ type: 'mrkdwn', text: `<${linkEscaped(news.link)}|Open in Canvas>` }] },
    ],
  };
}

/**
 * A text that Slack shows as it stands. `&`, `<` and `>` open everything that Slack acts on (`<!here>`, `<@U1>`,
 * `<https://…|…>`); what takes Slack's messages and reads Markdown or a bare `@channel` besides finds a space of no width after each
 * of the letters that begin something.
 */
export function slackEscaped(text: string): string {
  return oneLine(text)
    .replace(/[@[\]`*_~#|]/g, '$&\u200b')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

function linkEscaped(link: string): string {
  return encodeURI(decodeURI(link)).replace(/[<>|]/g, encodeURIComponent);
}
