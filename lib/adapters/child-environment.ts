/**
 * What a child process gets to see of our environment: enough to find programs, a home, a language, the way to the
 * network and what it may send to there. Everything else stays here, since our environment holds what opens the store. NODE_OPTIONS is left out too:
 * it is tuned (memory, inspector port) for the platform alone.
 */
const HANDED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'NODE_ENV',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'CANVAS_ALLOWED_TARGETS',
];

/** `alsoHandedOn`: names that an operator adds, such as the key that an agent's own service wants. */
export function childEnvironment(
  ours: Readonly<Record<string, string | undefined>>,
  alsoHandedOn: readonly string[],
): Record<string, string> {
  const names = new Set([...HANDED_ON, ...alsoHandedOn]);
  const handedOn: Record<string, string> = {};
  for (const [name, value] of Object.entries(ours)) {
    if (value !== undefined && (names.has(name) || /^LC_[A-Z]+$/.test(name))) handedOn[name] = value;
  }
  return handedOn;
}
