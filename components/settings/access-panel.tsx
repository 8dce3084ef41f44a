'use client';

import { ApiTokens } from '#components/api-tokens/api-tokens.tsx';
import { usePlace } from '#components/shell/place.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { Panel } from '#components/workspace/panel.tsx';

/** Who a person is here, and the tokens that speak for them. */
export function AccessPanel() {
  const { signIn, person } = usePlace();
  return (
    <Panel id="access" title="Access">
      <p className="text-sm text-soft" dir="auto">
        {signIn
          ? `You are signed in as ${plainText(person ?? '')}. Agents have tokens of their own, on the page of each workspace.`
          : 'Nobody signs in here: whoever sits at this machine is the operator. Agents have tokens of their own, on the page of each workspace.'}
      </p>
      <h3 className="text-sm font-semibold">API tokens</h3>
      <ApiTokens />
    </Panel>
  );
}
