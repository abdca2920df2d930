/** What the newest run tells of the one about to start: how long its checks took. */
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FILES } from './files.ts';

/**
 * Milliseconds from the first start of a check to the last end of one in the newest run under `output`, provisioning left
 * out; undefined when there is none, it is not whole, or its command differs from `command` in more than the seed.
 */
export async function durationOfLastRun(output: string, command: string): Promise<number | undefined> {
  const folder = join(output, 'latest');
  try {
    const last = JSON.parse(readFileSync(join(folder, FILES.run), 'utf8'));
    if (!last.scope.complete || withoutSeed(last.command) !== withoutSeed(command)) return undefined;
    return await durationOfChecks(join(folder, FILES.observations));
  } catch {
    // Only an estimate hangs on it: no run, or a damaged one, is as good as none.
    return undefined;
  }
}

function withoutSeed(command: string): string {
  return command.replace(/ --seed \d+/, '');
}

async function durationOfChecks(observations: string): Promise<number | undefined> {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for await (const line of createInterface({ input: createReadStream(observations) })) {
    // Most lines are batches of numbers, which need no reading here.
    if (!line.startsWith('{"type":"check-')) continue;
    const { type, at } = JSON.parse(line);
    if (type === 'check-started') first = Math.min(first, Date.parse(at));
    else last = Math.max(last, Date.parse(at));
  }
  return last >= first ? last - first : undefined;
}
