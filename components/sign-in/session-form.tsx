'use client';

import { type ReactNode, type SubmitEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { callApi } from '#lib/client/api.ts';
import { sameSitePath } from './same-site-path.ts';

interface SessionFormProps {
  route: 'POST /api/auth/sign-in' | 'POST /api/auth/set-up';
  /** Sent with the fields. */
  more?: Record<string, string>;
  submit: string;
  /** Path of this site to go to when the session has begun. */
  next: string | undefined;
  children: ReactNode;
}

/** Sends its fields; when a session begins, the page asked for is loaded anew with it. A refusal is said beside the button. */
export function SessionForm({ route, more = {}, submit, next, children }: SessionFormProps) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const send = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setRefusal('');
    try {
      await callApi(route, { body: { ...Object.fromEntries(new FormData(event.currentTarget)), ...more } });
      window.location.assign(sameSitePath(next));
    } catch (refused) {
      setRefusal(refused instanceof Error ? refused.message : 'That did not work. Try again.');
      setBusy(false);
    }
  };
  return (
    <form method="post" onSubmit={send} className="grid gap-4">
      {children}
      <p role="alert" className="min-h-5 text-sm text-bad empty:hidden">
        {refusal}
      </p>
      <Button type="submit" look="primary" disabled={busy} className="h-10">
        {busy ? 'One moment…' : submit}
      </Button>
    </form>
  );
}
