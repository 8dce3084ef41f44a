import { z } from 'zod';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:30');
const zone = z
  .string()
  .max(64)
  .refine((name) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: name });
      return true;
    } catch {
      return false;
    }
  }, 'must be a time zone such as Europe/Berlin');

/** When nothing but what is critical is sent to a person's channels: it waits until the end of these hours. */
export const quietHoursSchema = z.object({
  from: clock,
  to: clock,
  zone,
  /** Whether critical incidents are sent all the same. */
  let_critical_through: z.boolean().default(true),
});
export type QuietHours = z.output<typeof quietHoursSchema>;

const place = z.tuple([z.number().min(-1e6).max(1e6), z.number().min(-1e6).max(1e6)]);

/** What a person set for themselves. PATCH /preferences changes what is given; null takes it away. */
export const preferencesSchema = z.object({
  quiet_hours: quietHoursSchema.nullable().optional(),
  /** Whether toasts come up on the page. */
  toasts: z.boolean().optional(),
  /** Where they dragged workspaces on the map, by workspace id; null takes one's place away. */
  map: z
    .record(z.string().max(64), place.nullable())
    .refine((map) => Object.keys(map).length <= 10_000, 'at most 10,000 places')
    .nullable()
    .optional(),
});
export type PreferencesPatch = z.output<typeof preferencesSchema>;
export interface Preferences {
  quiet_hours: QuietHours | null;
  toasts: boolean;
  map: Record<string, [number, number]>;
}
