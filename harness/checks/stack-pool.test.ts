import { expect, test } from 'vitest';
import type { ReaperConnection } from '../processes/reaper.ts';
import type { StackDefinition } from './stack.ts';
import type { StackLogs } from './stack-logs.ts';
import { StackPool } from './stack-pool.ts';

/** A stack that keeps count of how often it was ended. */
function countingStack() {
  const counts = { stopped: 0 };
  const definition: StackDefinition<undefined> = {
    id: 'acme',
    components: [],
    boot: async () => ({
      services: undefined,
      reset: async () => {},
      stop: async () => {
        counts.stopped += 1;
      },
    }),
  };
  const run = { arms: { baseline: 'v1', candidate: 'v2' }, components: {} };
  return {
    counts,
    definition,
    pool: new StackPool({ run, reaper: {} as ReaperConnection, logFolder: '', worker: '1' }),
  };
}

test('a stack that was ended with all others is not ended again when its check gives it back', async () => {
  const { counts, definition, pool } = countingStack();
  const stack = await pool.acquire(definition, 'candidate');
  await pool.stopAll();
  await pool.discard(stack);
  expect(counts.stopped).toBe(1);
});

test('the logs of a stack are told before it boots, and again to whoever gets it next', async () => {
  const { definition, pool } = countingStack();
  const heard: StackLogs[] = [];
  const hear = (logs: StackLogs) => heard.push(logs);
  const failing = { ...definition, boot: () => Promise.reject(new Error('no boot')) };
  await expect(pool.acquire(failing, 'candidate', hear)).rejects.toThrow('no boot');
  const stack = await pool.acquire(definition, 'candidate', hear);
  await pool.release(definition, 'candidate', stack);
  await pool.acquire(definition, 'candidate', hear);
  expect(heard).toHaveLength(3);
  expect(heard[0]).not.toBe(heard[1]);
  expect(heard[2]).toBe(heard[1]);
});

test('a stack that is free is ended with all others', async () => {
  const { counts, definition, pool } = countingStack();
  await pool.release(definition, 'candidate', await pool.acquire(definition, 'candidate'));
  await pool.stopAll();
  expect(counts.stopped).toBe(1);
});
