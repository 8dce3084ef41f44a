import type { IncomingHttpHeaders } from 'node:http';
import { ENDPOINTS, type EndpointName } from '#lib/contract/endpoints.ts';

const firstPart = (path: string) => path.split('/', 2)[1] ?? '';
const API_PARTS = new Set(['api', 'signals', ...Object.values(ENDPOINTS).map(({ path }) => firstPart(path))]);
const FILES = /^\/(?:_next\/|__nextjs|favicon\.ico$|(?:apple-)?icon[\w-]*(?:\.\w+)?$|manifest\.\w+$|robots\.txt$)/;

/** Where there is a page for people, and the API for programs at some of the same addresses. */
const PAGES_AMONG_API = /^\/(?:restarts(?:\/(?:bulk\/)?[^/]+)?|(?:inbox|delegations)(?:\/[^/]+)?|traces\/[^/]+)\/?$/;

/** Under an address of the API: what is not found there is answered as JSON, not as a page. */
export function isApiPath(path: string): boolean {
  return API_PARTS.has(firstPart(path)) && !PAGES_AMONG_API.test(path);
}

/** Endpoints of the API that a browser goes to as a page. */
export const PAGES_TOO: ReadonlySet<EndpointName> = new Set([
  'listRestarts',
  'getRestart',
  'inbox',
  'getIncident',
  'allDelegations',
  'getDelegation',
  'getTrace',
]);

/** A person's browser that goes to an address, or Next's own code that fetches the page for it. */
export function wantsPage(headers: IncomingHttpHeaders): boolean {
  return headers['rsc'] !== undefined || (headers.accept ?? '').includes('text/html');
}

/** The files of the build: the same for everybody, and nothing of the fleet is in them. */
export function isFilePath(path: string): boolean {
  return FILES.test(path);
}

/** Pages for those who have not signed in yet. */
export function isOpenPage(path: string): boolean {
  return /^\/(?:sign-in|setup)\/?$/.test(path);
}

/** Where a person signs in and comes back from. `asked`: path and query of this site. */
export function signInAddress(asked: string): string {
  const url = new URL(asked.replace(/^\/+/, '/'), 'http://canvas.invalid');
  url.searchParams.delete('_rsc');
  const next = `${url.pathname}${url.search}`;
  return next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`;
}
