/** The Vitest adapter: set-up file of every check file. Turns each declared check into a test an arm and replicate. */
import { join } from 'node:path';
import { afterAll, inject, test } from 'vitest';
import { EntryWriter } from '../observations/entry-writer.ts';
import { joinReaper } from '../processes/reaper.ts';
import { FILES } from '../run-folder/files.ts';
import type { CheckDefinition } from './check-definition.ts';
import { type Attempt, execute, type Outcome } from './execute.ts';
import { executionsOf, nameOf } from './executions.ts';
import { type Made, PairedReplicates } from './paired-replicates.ts';
import { setRegistrar } from './registrar.ts';
import type { Execution } from './run-context.ts';
import { StackPool } from './stack-pool.ts';

const run = inject('run');
const reaper = await joinReaper(run.reaper);
const writer = new EntryWriter(join(run.runFolder, FILES.observations));
const pool = new StackPool({ run, reaper, logFolder: join(run.runFolder, FILES.logs), worker: String(process.pid) });

setRegistrar((definition) => {
  const planned = run.checks.find(({ id }) => id === definition.id);
  if (planned === undefined) return;
  const pairs = planned.leastReplicates === undefined ? undefined : new PairedReplicates(planned, run);
  for (const execution of executionsOf(planned, run.seed)) declare(definition, execution, pairs);
});

function declare(definition: CheckDefinition, execution: Execution, pairs: PairedReplicates | undefined): void {
  // The execution has deadlines of its own, which leave a record; Vitest's must not come before them.
  const options = { timeout: 0, concurrent: definition.options.lane === 'waiting' };
  test(nameOf(execution), options, async ({ task, skip }) => {
    task.meta.execution = execution;
    if (pairs?.over) {
      task.meta.status = 'unneeded';
      skip();
    }
    const perform = (each: Execution, attempt?: Attempt) =>
      execute(definition, each, { run, writer, pool, reaper }, attempt);
    const { outcome, voided } = await (pairs?.make(execution, perform) ?? once(perform(execution)));
    task.meta.status = outcome === 'completed' ? 'completed' : 'error';
    task.meta.voided = voided;
  });
}

async function once(performed: Promise<Outcome>): Promise<Made> {
  return { outcome: await performed, voided: 0 };
}

afterAll(async () => {
  await pool.stopAll();
  await reaper.close();
  writer.close();
});
