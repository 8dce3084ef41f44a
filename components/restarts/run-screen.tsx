'use client';

import Link from 'next/link';
import { plainText } from '#components/ui/plain-text.ts';
import { Panel } from '#components/workspace/panel.tsx';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import { PageTrail } from './page-trail.tsx';
import { RunActions } from './run-actions.tsx';
import { RunFacts } from './run-facts.tsx';
import { RunKept } from './run-kept.tsx';
import { RunMark } from './run-mark.tsx';
import { RunMessages } from './run-messages.tsx';
import { RunSteps } from './run-steps.tsx';
import { counted, drainsFirst, RUN_KIND_LABEL } from './run-words.ts';
import { TaskList } from './task-list.tsx';
import { useRun } from './use-run.ts';

/** One run from its beginning to its end, for whoever looks at it and whenever. */
export function RunScreen({ id, initial }: { id: string; initial: RestartRunDetail }) {
  const { data: run, error, refetch } = useRun(id, initial);
  const failure = run.failure;
  return (
    <main className="mx-auto grid w-full max-w-6xl gap-4 px-3 py-4 sm:px-5">
      <header className="grid gap-2">
        <PageTrail way={[{ href: '/restarts', name: 'Restarts' }]} />
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold wrap-anywhere" dir="auto">
            {RUN_KIND_LABEL[run.kind]} of{' '}
            <Link className="underline-offset-4 hover:underline" href={`/w/${encodeURIComponent(run.workspace_id)}`} prefetch={false}>
              {plainText(run.workspace_name)}
            </Link>
          </h1>
          <p role="status">
            <RunMark state={run.state} />
          </p>
        </div>
        {run.ended_at === null && run.waits_for !== '' && (
          <p className="text-soft" dir="auto">
            Waits for {plainText(run.waits_for)}
          </p>
        )}
      </header>
      {error !== null && <PanelFailure what="This restart" error={error} onRetry={() => void refetch()} />}
      {failure !== null && (
        <div role="alert" data-tone="bad" className="grid gap-2 rounded-lg border border-tone/45 bg-tint px-4 py-3">
          <p className="font-medium wrap-anywhere" dir="auto">
            {plainText(failure.why)}
          </p>
          {failure.output !== '' && <Output text={failure.output} />}
        </div>
      )}
      <RunActions run={run} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="grid min-w-0 gap-4">
          <Panel id="steps" title="What happened">
            <RunSteps run={run} />
          </Panel>
          {drainsFirst(run) && (
            <Panel
              id="in-flight"
              title="In flight when it began"
              note={run.in_flight.length > 0 ? counted(run.in_flight.length, 'task') : undefined}
            >
              {run.in_flight.length === 0 ? (
                <p className="text-sm text-faint">
                  {run.signal === null && run.ended_at === null ? 'Not asked yet.' : 'Nothing was at work.'}
                </p>
              ) : (
                <TaskList
                  tasks={run.in_flight}
                  {...(run.state === 'draining' || run.state === 'signalled' ? { left: run.still_in_flight } : {})}
                />
              )}
            </Panel>
          )}
          {run.unfinished.length > 0 && (
            <Panel id="unfinished" title="Cut off" note="listed in the snapshot; their messages are delivered again">
              <TaskList tasks={run.unfinished} />
            </Panel>
          )}
        </div>
        <div className="grid min-w-0 gap-4">
          <Panel id="facts" title="Asked for">
            <RunFacts run={run} />
          </Panel>
          <Panel id="kept" title="What was kept">
            <RunKept run={run} />
          </Panel>
          <Panel id="messages" title="Messages that waited for it">
            <RunMessages run={run} />
          </Panel>
        </div>
      </div>
    </main>
  );
}

/** The last lines its process wrote before it failed. */
function Output({ text }: { text: string }) {
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
      tabIndex={0}
      className="max-h-64 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs leading-5 wrap-anywhere whitespace-pre-wrap"
    >
      {text.split('\n').map(plainText).join('\n')}
    </pre>
  );
}
