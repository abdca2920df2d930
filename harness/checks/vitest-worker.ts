/** The Vitest adapter: set-up file of every check file. Turns each declared check into a test an arm and replicate. */
import { join } from 'node:path';
import { afterAll, inject, test } from 'vitest';
import { EntryWriter } from '../observations/entry-writer.ts';
import { joinReaper } from '../processes/reaper.ts';
import { FILES } from '../run-folder/files.ts';
import type { CheckDefinition } from './check-definition.ts';
import { execute } from './execute.ts';
import { setRegistrar } from './registrar.ts';
import { StackPool } from './stack-pool.ts';

const run = inject('run');
const reaper = await joinReaper(run.reaper);
const writer = new EntryWriter(join(run.runFolder, FILES.observations));
const pool = new StackPool({ run, reaper, logFolder: join(run.runFolder, FILES.logs), worker: String(process.pid) });

setRegistrar((definition) => {
  for (let replicate = 0; replicate < run.replicates; replicate += 1) {
    for (const arm of run.checks[definition.id] ?? []) declare(definition, { check: definition.id, arm, replicate });
  }
});

function declare(
  definition: CheckDefinition,
  execution: { check: string; arm: 'baseline' | 'candidate'; replicate: number },
): void {
  const name = `${execution.check} · ${execution.arm} · ${execution.replicate}`;
  // The execution has deadlines of its own, which leave a record; Vitest's must not come before them.
  const options = { timeout: 0, concurrent: definition.options.lane === 'waiting' };
  test(name, options, async ({ task }) => {
    task.meta.execution = execution;
    task.meta.status = await execute(definition, execution, run, writer, pool);
  });
}

afterAll(async () => {
  await pool.stopAll();
  await reaper.close();
  writer.close();
});
