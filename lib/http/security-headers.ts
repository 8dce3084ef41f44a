/** On every answer, whoever gave it. */
const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Answers that are no page: should a browser show one, nothing in it runs or loads. */
export const API_HEADERS: Readonly<Record<string, string>> = {
  ...EVERYWHERE,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};

/**
 * On scripts: a worker is under the policy of its own file. It may load further files of this site, and reach nothing.
 * On a page the policy of the page counts.
 */
export const SCRIPT_POLICY = "default-src 'none'; script-src 'self'; frame-ancestors 'none'";

/** The service worker: it shows notifications, and asks nobody but this Canvas. */
export const WORKER_HEADERS: Readonly<Record<string, string>> = {
  ...EVERYWHERE,
  'content-security-policy': "default-src 'none'; connect-src 'self'",
  'content-type': 'text/javascript; charset=utf-8',
  // Browsers ask again at every visit, so that a newer one comes with a newer Canvas.
  'cache-control': 'no-cache',
};

/** Pages and their files. `secure`: people reach us by https, and from now on by nothing else. */
export function pageHeaders(csp: string, secure: boolean): Readonly<Record<string, string>> {
  return {
    ...EVERYWHERE,
    'content-security-policy': csp,
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}

/** `dev`: hot reload evaluates code, injects styles and talks over a web socket. */
export function contentSecurityPolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    dev ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    // Server-rendered style={{…}} attributes: colours and sizes, which run nothing.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "worker-src 'self'",
    `connect-src 'self'${dev ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
