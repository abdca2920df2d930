/** Starting a server on a free port, again on another one when somebody was quicker. */
import { freePort } from '../processes/free-port.ts';
import { ProcessError } from '../processes/run-process.ts';

const TRIES_MAX = 5;

/** Whether a server ended because its port was taken between choosing and binding it; the second is what Docker says. */
function isAddressInUse(error: unknown): boolean {
  return (
    error instanceof ProcessError &&
    error.tail.some((line) => /address already in use|port is already allocated/i.test(line))
  );
}

/** Starts on a free port; at most five ports are tried. Throws what the start threw. */
export async function startOnFreePort<T>(start: (port: number) => Promise<T>, choosePort = freePort): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start(await choosePort());
    } catch (error) {
      if (tries === TRIES_MAX || !isAddressInUse(error)) throw error;
    }
  }
}
