/** Faults at set times, as data: what a run stores as evidence of what it did, and plays again. */
import { z } from 'zod';
import { type Fault, type FaultInput, faultSchema } from './fault.ts';
import { pause, TIMER_MS_MAX, type Timings } from './timings.ts';

/** `at_ms` counts from the start of playing. Without `connection` the fault is for the whole proxy. */
const stepSchema = z
  .strictObject({
    at_ms: z.number().nonnegative().max(TIMER_MS_MAX),
    connection: z.int().positive().optional(),
    fault: faultSchema,
  })
  .refine(({ connection, fault }) => connection === undefined || !PROXY_ONLY.has(fault.kind), {
    message: 'admit, outage and restore are for the whole proxy: leave connection out',
  });

const PROXY_ONLY: ReadonlySet<Fault['kind']> = new Set(['admit', 'outage', 'restore']);

/** Steps in the order of their times; of equal times, in the order written. */
export const faultScheduleSchema = z
  .array(stepSchema)
  .refine((steps) => steps.every((step, index) => step.at_ms >= (steps[index - 1]?.at_ms ?? 0)), {
    message: 'steps must stand in the order of at_ms',
  });

export type FaultSchedule = z.output<typeof faultScheduleSchema>;
export type FaultScheduleInput = { at_ms: number; connection?: number; fault: FaultInput }[];

/** Calls `apply` for each step at its time, and resolves after the last; stops at once, without an error, on abort. */
export async function playSchedule(
  schedule: FaultSchedule,
  timings: Timings,
  signal: AbortSignal,
  apply: (step: FaultSchedule[number]) => Promise<void>,
): Promise<void> {
  const start_ms = timings.now_ms();
  for (const step of schedule) {
    await until(start_ms + step.at_ms, timings, signal);
    if (signal.aborted) return;
    await apply(step);
  }
}

async function until(due_ms: number, timings: Timings, signal: AbortSignal): Promise<void> {
  for (let rest_ms = due_ms - timings.now_ms(); rest_ms > 0 && !signal.aborted; rest_ms = due_ms - timings.now_ms()) {
    await pause(timings, Math.ceil(rest_ms), signal);
  }
}
