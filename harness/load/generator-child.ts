/**
 * A generator process: reads its plan from the environment, says that it is ready, begins at SIGUSR2, prints its tally
 * as its last line, and ends.
 */
import { once } from 'node:events';
import type { Share } from './arrivals.ts';
import { Generator } from './generator.ts';
import type { LoadPlan } from './load-plan.ts';

const { plan, share } = JSON.parse(process.env.LOAD ?? '') as { plan: LoadPlan; share: Share };
const go = once(process, 'SIGUSR2');
// Waiting for a signal alone keeps no process alive.
const patience = setTimeout(() => process.exit(1), 60_000);
const generator = new Generator(plan, share);
try {
  await generator.prepare();
} catch (error) {
  // Who started this sees the last lines, and a stack would be all of them.
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
process.stdout.write('generator ready\n');
await go;
clearTimeout(patience);
const tally = await generator.run();
await generator.close();
process.stdout.write(`tally ${JSON.stringify(tally.encode())}\n`);
