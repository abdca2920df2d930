/** A gate that is let go for a time, by somebody, for a reason: it keeps its verdict and leaves the run's. */
import { z } from 'zod';

export const waiverSchema = z.strictObject({
  /** Id of the gate. */
  gate: z.string().min(1),
  /** Who answers for it. */
  owner: z.string().min(1),
  reason: z.string().min(1),
  /** The last day on which it holds, in UTC: `2026-12-31`. */
  expires: z.iso.date(),
});
export type Waiver = z.infer<typeof waiverSchema>;

/** Whether the waiver's last day is over at this moment, in milliseconds since 1970. */
export function hasExpired({ expires }: Waiver, now_ms: number): boolean {
  const DAY_MS = 86_400_000;
  return now_ms >= Date.parse(`${expires}T00:00:00Z`) + DAY_MS;
}
