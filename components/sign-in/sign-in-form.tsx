'use client';

import { SessionForm } from './session-form.tsx';
import { TextField } from './text-field.tsx';

export function SignInForm({ next }: { next: string | undefined }) {
  return (
    <SessionForm route="POST /api/auth/sign-in" submit="Sign in" next={next}>
      <TextField label="E-mail address" name="email" type="email" autoComplete="username" maxLength={254} />
      <TextField label="Password" name="password" type="password" autoComplete="current-password" maxLength={200} />
    </SessionForm>
  );
}
