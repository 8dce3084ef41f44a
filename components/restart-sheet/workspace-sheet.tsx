'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { SHOWN_TONE } from '#components/status/shown-tone.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { Sheet } from '#components/ui/sheet.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import { pageClock } from '#lib/client/clock.ts';
import { keepRun, requestRestart, resumeWorkspace } from '#lib/client/restart-runs.ts';
import { restartSheet, type SheetPlace } from '#lib/client/restart-sheet.ts';
import type { RunKind } from '#lib/contract/restart-steps.ts';
import type { RestartRequest, RestartRunDetail } from '#lib/contract/restarts.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { shownState } from '#lib/domain/shown-state.ts';
import { AskFoot } from './ask-foot.tsx';
import { AskParts } from './ask-parts.tsx';
import { askTexts } from './ask-texts.ts';
import { PartLoading } from './part.tsx';
import { pendingRun } from './pending-run.ts';
import { RunFoot } from './run-foot.tsx';
import { RunProgress } from './run-progress.tsx';
import { runAsker, runTitle } from './run-title.ts';
import { RunVoice } from './run-voice.tsx';
import { useRun } from './use-run.ts';
import { useSheetData } from './use-sheet-data.ts';
import type { Deadline } from './wait-choice.tsx';

/**
 * One sheet, in one of three states; the dialog itself stays, so that the focus does.
 *
 *   asking   no run is known: the facts, the choice, the buttons        ends: a press (→ sent) · a run appears (→ following)
 *   sent     the press is on its way, shown as the run it will become   ends: answered (→ following) · refused (→ asking, why)
 *   following  a run is under way or over, whoever began it             ends: closed · "ask again" (→ asking)
 */
export function WorkspaceSheet({ card, place }: { card: WorkspaceCard; place: SheetPlace }) {
  const client = useQueryClient();
  const [deadline, setDeadline] = useState<Deadline>(60);
  const [reason, setReason] = useState('');
  const [sent, setSent] = useState<RestartRunDetail | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);

  const runId = card.run?.id ?? place.run;
  const following = useRun(runId, card);
  const asking = runId === null && sent === null;
  const data = useSheetData(card, runId === null);
  const openRun = card.run?.id ?? null;
  useEffect(() => {
    if (openRun !== null) restartSheet.follow(openRun);
  }, [openRun]);

  const send = async (kind: RunKind, asked: RestartRequest, call: Promise<RestartRunDetail>) => {
    setRefusal(null);
    setSent(pendingRun(card, kind, asked, pageClock.now()));
    try {
      const answer = await call;
      keepRun(client, answer);
      restartSheet.follow(answer.id);
    } catch (refused) {
      setRefusal(refused instanceof Error ? refused.message : 'That did not work. Try again.');
    }
    setSent(null);
  };
  const restart = (drainOnly: boolean) => {
    const asked: RestartRequest = { deadline_seconds: deadline, drain_only: drainOnly, ...(reason.trim() === '' ? {} : { reason }) };
    void send(drainOnly ? 'drain' : 'restart', asked, requestRestart(card.id, asked));
  };
  const resume = () => void send('resume', {}, resumeWorkspace(card.id));

  const state = shownState(card);
  const run = sent ?? following.data ?? null;
  if (!asking && run !== null) {
    const left = card.run?.id === run.id ? card.run.left : run.still_in_flight.length;
    return (
      <Sheet
        title={runTitle(run)}
        note={<RunNote run={run} />}
        onClose={restartSheet.close}
        foot={<RunFoot run={run} onClose={restartSheet.close} />}
      >
        <RunVoice run={run} left={left} />
        <RunProgress run={run} left={left} queue={data.queue} />
      </Sheet>
    );
  }
  if (!asking) {
    return (
      <Sheet title={plainText(card.name)} onClose={restartSheet.close}>
        {following.error === null ? (
          <PartLoading what="the restart" rows={4} />
        ) : (
          <PanelFailure what="The restart" error={following.error} onRetry={() => void following.refetch()} />
        )}
      </Sheet>
    );
  }
  const texts = askTexts(card, state, data.preview.data ?? null, place.drain);
  return (
    <Sheet
      title={texts.title}
      note={
        <span data-tone={SHOWN_TONE[state]} dir="auto">
          {texts.note}
        </span>
      }
      onClose={restartSheet.close}
      foot={
        <AskFoot
          refusal={refusal}
          whyNot={texts.whyNot}
          restart={texts.button}
          mayDrain={texts.mayDrain}
          drainFirst={place.drain}
          onRestart={() => (card.status === 'paused' ? resume() : restart(false))}
          onDrain={() => restart(true)}
          onCancel={restartSheet.close}
        />
      }
    >
      <AskParts
        card={card}
        data={data}
        drainOnly={texts.button === null || place.drain}
        waits={card.status !== 'paused'}
        deadline={deadline}
        onDeadline={setDeadline}
        reason={reason}
        onReason={setReason}
      />
    </Sheet>
  );
}

function RunNote({ run }: { run: RestartRunDetail }) {
  return (
    <span dir="auto">
      {runAsker(run)} at <LocalTime at={run.requested_at} />
      {run.reason !== null && run.reason !== '' && ` · “${plainText(run.reason)}”`}
    </span>
  );
}
