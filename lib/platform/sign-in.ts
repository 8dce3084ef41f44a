/** How people prove who they are, when Canvas is not bound to loopback. */
export interface SignIn {
  /** The person of a session cookie (or a personal API token); null when there is none that holds. */
  personOf(headers: Headers): Promise<{ id: string; name: string } | null>;
  /** Answers everything under `/api/auth/`: signing in, signing out, making the first account. */
  handle(request: Request): Promise<Response>;
  /** Whether nobody has an account yet: then the link that was printed at start makes the first one. */
  needsSetUp(): Promise<boolean>;
}
