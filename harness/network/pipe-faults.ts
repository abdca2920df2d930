/** What each standing fault does to a pipe, and what its heal undoes. */
import type { StandingFault } from './fault.ts';
import type { Pipe } from './pipe.ts';

/** A standing fault of bytes in a direction: all but `idle`, which is of the connection as one. */
export type PipeFault = Exclude<StandingFault, { kind: 'idle' }>;

export function enforce(pipe: Pipe, fault: PipeFault): void {
  if (fault.kind === 'latency') pipe.setLatency(fault.ms, fault.jitter_ms);
  else if (fault.kind === 'bandwidth') pipe.setBandwidth(fault.bytes_per_s);
  else if (fault.kind === 'swallow') pipe.setSwallowing(true);
  else if (fault.kind === 'stall') pipe.setStalled(true);
  else pipe.setCutAfter({ bytes: fault.bytes, how: fault.how });
}

export function lift(pipe: Pipe, fault: PipeFault): void {
  if (fault.kind === 'latency') pipe.setLatency(0, 0);
  else if (fault.kind === 'bandwidth') pipe.setBandwidth(undefined);
  else if (fault.kind === 'swallow') pipe.setSwallowing(false);
  else if (fault.kind === 'stall') pipe.setStalled(false);
  else pipe.setCutAfter(undefined);
}
