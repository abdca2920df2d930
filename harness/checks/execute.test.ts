/** What an execution draws, its own numbers and those that both arms share, and what it may record. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EntryWriter } from '../observations/entry-writer.ts';
import type { Arm } from '../schema/entry.ts';
import type { CheckContext, CheckDefinition } from './check-definition.ts';
import { execute, type Outcome, type Workplace } from './execute.ts';

async function drawn(seed: number, arm: Arm, replicate = 0): Promise<{ own: number[]; common: number[] }> {
  let seen = { own: [] as number[], common: [] as number[] };
  const draw = async ({ random, commonRandom }: CheckContext<unknown>) => {
    seen = { own: [random(), random()], common: [commonRandom(), commonRandom()] };
  };
  expect(await outcomeOf(draw, { seed, arm, replicate })).toBe('completed');
  return seen;
}

async function outcomeOf(
  run: CheckDefinition['run'],
  { seed = 7, arm = 'candidate' as Arm, replicate = 0 } = {},
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'execute-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const writer = new EntryWriter(join(folder, 'observations.ndjson'));
  onTestFinished(() => writer.close());
  const definition = {
    id: 'acme-7/draws',
    options: {
      lane: 'functional',
      facts: [],
      measures: { page_ms: 'ms' },
      arms: ['baseline', 'candidate'],
      from: 'smoke',
      destroysStack: false,
      timeout_ms: 5_000,
    },
    run,
  } satisfies CheckDefinition;
  const context = { seed, arms: { baseline: 'v1', candidate: 'v2' }, profile: 'smoke' };
  const workplace = { run: context, writer } as Partial<Record<keyof Workplace, unknown>> as Workplace;
  return execute(definition, { check: definition.id, arm, replicate }, workplace);
}

test('both arms of a replicate share numbers, and each has its own besides', async () => {
  const [baseline, candidate] = [await drawn(7, 'baseline'), await drawn(7, 'candidate')];
  expect(candidate.common).toEqual(baseline.common);
  expect(candidate.own).not.toEqual(baseline.own);
  expect(candidate.common).not.toEqual(candidate.own);
});

test('another seed, or another replicate, shares other numbers; the same ones repeat them', async () => {
  const { common } = await drawn(7, 'candidate');
  expect((await drawn(7, 'candidate')).common).toEqual(common);
  expect((await drawn(8, 'candidate')).common).not.toEqual(common);
  expect((await drawn(7, 'candidate', 1)).common).not.toEqual(common);
});

test.for([
  [1, 'completed'],
  [0, 'error'],
  [Number.POSITIVE_INFINITY, 'error'],
] as const)('what was measured at %d rows is %s: a curve has a place for what is above 0', async ([value, outcome]) => {
  const observing = async ({ observe }: CheckContext<unknown>) =>
    observe('page_ms', [1], { point: { value, unit: 'rows' } });
  expect(await outcomeOf(observing)).toBe(outcome);
});
