'use client';

import { useEffect } from 'react';
import { SessionForm } from './session-form.tsx';
import { TextField } from './text-field.tsx';

const MIN_PASSWORD_CHARS = 12;

/** Makes the first account. The token leaves the address bar at once: it is good for an account until it is used. */
export function SetUpForm({ token }: { token: string }) {
  useEffect(() => window.history.replaceState(null, '', '/setup'), []);
  return (
    <SessionForm route="POST /api/auth/set-up" more={{ token }} submit="Make the account" next="/">
      <TextField label="Name" name="name" autoComplete="name" maxLength={100} hint="Shown beside what you change." />
      <TextField
        label="E-mail address"
        name="email"
        type="email"
        autoComplete="username"
        maxLength={254}
        hint="Only to sign in with; Canvas sends no mail."
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        minLength={MIN_PASSWORD_CHARS}
        maxLength={200}
        hint={`At least ${MIN_PASSWORD_CHARS} characters; a few words are fine.`}
      />
    </SessionForm>
  );
}
