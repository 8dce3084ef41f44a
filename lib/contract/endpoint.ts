import type { z } from 'zod';

/** Who may call, as contract §1 names them. `either`: a workspace for itself (or whom it may talk to), or an operator. */
export type Caller = 'workspace' | 'operator' | 'either' | 'anyone';

export interface Endpoint {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `:name` marks a path parameter. */
  path: string;
  caller: Caller;
  /** Status of a success. */
  status: 200 | 201 | 202 | 204;
  summary: string;
  query?: z.ZodType;
  body?: z.ZodType;
}

/** Keeps the literal types of a row, so that routes and clients are typed by it. */
export const endpoint = <const T extends Endpoint>(definition: T): T => definition;
