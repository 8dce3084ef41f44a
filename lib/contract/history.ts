import { z } from 'zod';
import type { MinuteLetter } from './workspace-status.ts';

/** One minute of one workspace. Rates are made from `failed / requests`; runtimes that do not count requests weigh each beat as one. */
export interface HistoryMinute {
  /** Minutes since the epoch. */
  minute: number;
  letter: MinuteLetter;
  beats: number;
  requests: number;
  failed: number;
  /** Most tasks in flight seen in it. */
  tasks: number;
}

/** One rolled hour: the same counts, how many minutes of it were in which letter. */
export interface HistoryHour {
  /** Hours since the epoch. */
  hour: number;
  letters: Partial<Record<MinuteLetter, number>>;
  beats: number;
  requests: number;
  failed: number;
  tasks: number;
}

/** GET /history?ids=a,b,c : the last hour of many workspaces, one letter a minute, oldest first, ending at `minute`. */
export const barsQuerySchema = z.object({
  ids: z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(z.string().max(64)).min(1).max(500)),
});
export interface BarsAnswer {
  /** The newest minute: bar 60 of each. */
  minute: number;
  bars: Record<string, string>;
}

/** GET /workspaces/:id/history?hours=24 : minutes for up to 24 hours. `?days=90` : hours for up to 90 days. */
export const historyQuerySchema = z.object({
  hours: z.coerce.number().int().min(1).max(24).optional(),
  days: z.coerce.number().int().min(1).max(90).optional(),
});
export interface HistoryAnswer {
  workspace_id: string;
  now: number;
  minutes: HistoryMinute[];
  hours: HistoryHour[];
}
