'use client';

import { useEffect, useRef } from 'react';
import { Button } from '#components/ui/button.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { Panel } from '#components/workspace/panel.tsx';
import type { IncidentDetail } from '#lib/contract/inbox.ts';
import { formatAge } from '#lib/domain/duration-text.ts';
import { detailBelow, isSaid, KIND_LABEL } from './inbox-words.ts';
import { IncidentEntries } from './incident-entries.tsx';
import { IncidentLinks } from './incident-links.tsx';
import { IncidentSent } from './incident-sent.tsx';
import { IncidentWorkspace } from './incident-workspace.tsx';
import { LongText } from './long-text.tsx';
import { SeverityMark } from './severity-mark.tsx';

interface IncidentPaneProps {
  incident: IncidentDetail;
  /** It was opened by a press just now: the keyboard goes there. */
  focus: boolean;
  onRead: () => void;
  onMute: () => void;
  onAssign: () => void;
}

/** One incident: what it is, what can be done, what happened, what was sent of it. */
export function IncidentPane({ incident, focus, onRead, onMute, onAssign }: IncidentPaneProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const title = plainText(incident.title);
  useEffect(() => {
    if (focus) heading.current?.focus({ preventScroll: true });
  }, [focus]);
  return (
    <article
      aria-labelledby="incident-title"
      {...(incident.workspace_id === null ? {} : { 'data-restart-page': incident.workspace_id })}
      className="grid content-start gap-4"
    >
      <header className="grid gap-2">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-faint">
          <SeverityMark item={incident} />
          <span>{KIND_LABEL[incident.kind]}</span>
          <span>
            since <LocalTime at={incident.opened_at} />
          </span>
        </p>
        <h2 ref={heading} id="incident-title" tabIndex={-1} className="text-lg font-semibold wrap-anywhere outline-none" dir="auto">
          {title}
        </h2>
        {!isSaid(incident) && detailBelow(incident) !== '' && <LongText text={incident.detail} className="text-soft" />}
        <p role="status" className="text-sm text-soft" dir="auto">
          {standing(incident)}
        </p>
        <div role="toolbar" aria-label="What to do with it" className="flex flex-wrap gap-2 coarse:gap-6">
          <Button aria-keyshortcuts="e" onClick={onRead}>
            {incident.unread ? 'Mark as read' : 'Mark as unread'}
          </Button>
          <Button aria-keyshortcuts="a" onClick={onAssign}>
            {incident.mine ? 'Not mine any more' : 'Assign to me'}
          </Button>
          <Button aria-keyshortcuts="m" aria-haspopup="dialog" onClick={onMute}>
            Mute…
          </Button>
        </div>
        <IncidentLinks item={incident} />
      </header>
      {incident.workspace_id !== null && (
        <Panel id="incident-workspace" title="How it is now">
          <IncidentWorkspace id={incident.workspace_id} />
        </Panel>
      )}
      <Panel id="incident-entries" title="What happened" note="newest first">
        <IncidentEntries incident={incident} />
      </Panel>
      <Panel id="incident-sent" title="What was sent of it">
        <IncidentSent deliveries={incident.deliveries} />
      </Panel>
    </article>
  );
}

/** In one line: whether it goes on, who takes care of it, whether it is muted. */
function standing(incident: IncidentDetail): string {
  const { closed_at, opened_at, closed_why, mine, assignee_name, muted_by } = incident;
  const parts = [
    closed_at === null
      ? isSaid(incident)
        ? ''
        : 'It goes on.'
      : `Over after ${formatAge(closed_at - opened_at)}${closed_why === '' ? '' : `: ${plainText(closed_why)}`}.`,
    assignee_name === null ? 'Nobody has taken it.' : mine ? 'You take care of it.' : `${plainText(assignee_name)} takes care of it.`,
    muted_by === null ? '' : 'You have muted it.',
  ];
  return parts.filter((part) => part !== '').join(' ');
}
