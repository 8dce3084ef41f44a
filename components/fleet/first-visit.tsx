'use client';

import { HowItWorks } from '#components/connect/how-it-works.tsx';
import { SampleTeamButton } from '#components/connect/sample-team-button.tsx';
import { usePlace } from '#components/shell/place.tsx';
import { Button } from '#components/ui/button.tsx';
import { useAwake } from '#components/ui/use-awake.ts';
import { connectDialog } from '#lib/client/open-flag.ts';

/** Nothing is connected yet: three ways on, the quickest first. */
export function FirstVisit() {
  const place = usePlace();
  const awake = useAwake();
  return (
    <main className="mx-auto grid w-full max-w-5xl gap-6 px-3 py-10 sm:px-5 sm:py-16">
      <header className="grid gap-2">
        <h1 className="text-xl font-semibold">Nothing is connected yet</h1>
        <p className="max-w-prose text-soft">
          Canvas shows every agent that beats to it: what it does, how it is, and whether it needs you.
        </p>
      </header>
      <fieldset disabled={!awake} className="grid min-w-0 gap-4 md:grid-cols-2">
        <legend className="sr-only">Ways to begin</legend>
        {place.canProvision && (
          <section aria-labelledby="sample-team" className="grid content-start gap-3 rounded-lg border border-line bg-panel p-5">
            <h2 id="sample-team" className="font-semibold">
              Start the sample team
            </h2>
            <p className="text-soft">
              A lead and five agents start on this machine and do small real work on the documents of this project: index, search, count,
              check links, summarise. They need no model, no key and no network. One of them fails now and then, and one gets stuck, so that
              you see every state.
            </p>
            <div>
              <SampleTeamButton />
            </div>
          </section>
        )}
        <section aria-labelledby="connect-agent" className="grid content-start gap-3 rounded-lg border border-line bg-panel p-5">
          <h2 id="connect-agent" className="font-semibold">
            Connect an agent
          </h2>
          <p className="text-soft">
            Yours, wherever it runs: give it a name, paste one command there, and watch it turn green at its first beat. Any command line
            agent will do, with the runtime that comes with Canvas or with the Python one.
          </p>
          <div>
            <Button look={place.canProvision ? 'plain' : 'primary'} onClick={connectDialog.open}>
              Connect an agent
            </Button>
          </div>
        </section>
      </fieldset>
      <HowItWorks />
    </main>
  );
}
