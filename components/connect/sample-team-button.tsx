'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { callApi } from '#lib/client/api.ts';
import { pageNotices } from '#lib/client/notices.ts';

/** The stream brings the cards, one by one, as the six are created: nothing is awaited here but the answer. */
export function SampleTeamButton() {
  const [busy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    try {
      await callApi('POST /sample-team', { body: {} });
    } catch (refused) {
      pageNotices.fail(refused instanceof Error ? refused.message : 'The sample team could not be started.');
      setBusy(false);
    }
  };
  return (
    <Button look="primary" disabled={busy} onClick={start}>
      {busy ? 'Starting six workspaces…' : 'Start the sample team'}
    </Button>
  );
}
