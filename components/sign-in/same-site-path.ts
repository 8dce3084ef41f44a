/** Where to go after signing in: a page of this site, whatever an address that somebody else wrote asks for. */
export function sameSitePath(asked: string | undefined): string {
  // Browsers read a backslash as a slash and skip control characters, so neither may get as far as the parser.
  if (asked === undefined || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(asked) || !URL.canParse(asked, 'http://canvas.invalid')) return '/';
  const url = new URL(asked, 'http://canvas.invalid');
  if (url.pathname.startsWith('//') || /^\/(?:sign-in|setup|api)(?:\/|$)/.test(url.pathname)) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}
