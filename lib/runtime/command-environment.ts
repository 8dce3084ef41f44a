import type { Environment } from './read-config.ts';

/** What any program needs to find itself, its user, its language and its way out. */
const BASIC = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'LC_*',
  'TZ',
  'TERM',
  'TMPDIR',
  'XDG_*',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
];
const WINDOWS = [
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'PATHEXT',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'PROGRAMFILES*',
  'USERPROFILE',
  'USERNAME',
  'HOMEDRIVE',
  'HOMEPATH',
  'TEMP',
  'TMP',
];

/** The part of the environment an agent's program gets: the basics and what its configuration names, nothing else. */
export function commandEnvironment(environment: Environment, names: readonly string[]): Record<string, string> {
  const wanted = [...BASIC, ...WINDOWS, ...names].map((name) => name.toUpperCase());
  const exact = new Set(wanted.filter((name) => !name.endsWith('*')));
  const prefixes = wanted.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  const chosen: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    const upper = name.toUpperCase();
    if (value !== undefined && (exact.has(upper) || prefixes.some((prefix) => upper.startsWith(prefix)))) chosen[name] = value;
  }
  return chosen;
}
