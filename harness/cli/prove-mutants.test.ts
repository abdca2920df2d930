/** `prove --mutants` as a pipeline meets it: real runs of the small product, and of products whose gates guard too little. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type Proof, proofSchema } from '../schema/proof.ts';
import { Place, SMALL } from './command.fixture.ts';

const saved = (place: Place): Proof =>
  proofSchema.parse(JSON.parse(readFileSync(join(place.output, 'proof.json'), 'utf8')));

/** A product with a service-less check that passes, and a mutant of a file that nobody loads. */
function unguarded(place: Place, find: string): string {
  const config = place.product('observe("m", [0]);');
  const folder = dirname(config);
  writeFileSync(join(folder, 'part.ts'), 'export const part = 1;\n');
  const mutant = { source: 'none', says: 'part is 2', file: 'part.ts', find, replace: '2', gates: ['p/check/facts'] };
  writeFileSync(join(folder, 'mutants.ts'), `export default ${JSON.stringify({ 'p/unseen': mutant })};\n`);
  return config;
}

test('mutants in a service and in what a check loads are caught, each by its gate, with the command that repeats it', {
  timeout: 120_000,
}, async () => {
  const place = new Place();
  const { code, stderr } = await place.run(['prove', '--mutants', '--config', SMALL, '--ticket', 'small-1']);
  const { mutants, complete } = saved(place);
  expect(mutants.map(({ id, caughtBy }) => [id, caughtBy])).toEqual([
    ['small/answers-like-the-one-before', ['small/answers-rightly']],
    ['small/something-else-is-right', ['small/answers-rightly']],
  ]);
  expect(complete).toBe(true);
  expect(mutants[0]?.rerun).toContain('--mutant small/answers-like-the-one-before');
  // Nothing turns the promise that only `standard` decides: an empty column is told, and is no pass.
  expect(saved(place).unturned).toEqual(['small/waits']);
  expect({ code, stderr }).toMatchObject({ code: 1 });
  expect(place.leftovers()).toEqual([]);

  const again = await place.run((mutants[0]?.rerun ?? '').replace('npm run ', '').replace(' -- ', ' ').split(' '));
  expect(again.code).toBe(1);
});

test('a sample that is caught is enough for 0, and says that not all were tried', async () => {
  const place = new Place();
  const { code, stdout } = await place.run(['prove', '--mutants', '--config', SMALL, '--sample', '1', '--seed', '3']);
  expect(code).toBe(0);
  expect(stdout).toContain('1 of 1 mutant caught');
  expect(stdout).toContain('not all were tried');
});

test('a mutant that no gate sees fails the proof', async () => {
  const place = new Place();
  const { code, stdout } = await place.run(['prove', '--mutants', '--config', unguarded(place, '1')]);
  expect(code).toBe(1);
  expect(stdout).toContain('not caught');
  expect(saved(place).mutants).toMatchObject([{ id: 'p/unseen', caught: false, caughtBy: [] }]);
});

/** A product of one check of two gates and one of one, and a mutant that `gates` must catch; `part` is then 2 and not 1. */
function threeGates(place: Place, gates: readonly string[]): string {
  const top = 'import { part } from "./part.ts";';
  const config = place.product('fact("ok", part === 1); await wait(1_000); observe("m", [part - 1]);', top);
  const folder = dirname(config);
  writeFileSync(join(folder, 'part.ts'), 'export const part = 1;\n');
  const promise = { kind: 'absolute', says: 'no m', measure: 'm', statistic: 'max', operator: '<=', limit: 0 };
  const decidable = { ...promise, unit: 'ms', minSamples: 1, decidableFrom: 'smoke' };
  writeFileSync(join(folder, 'promises.ts'), `export default ${JSON.stringify({ 'p/no-m': decidable })};`);
  const mutant = { source: 'none', says: 'part is 2', file: 'part.ts', find: '1', replace: '2', gates };
  writeFileSync(join(folder, 'mutants.ts'), `export default ${JSON.stringify({ 'p/turned': mutant })};\n`);
  return config;
}

test('the fail of a gate that is not named for a mutant does not end its run before the one that is', async () => {
  const place = new Place();
  const { code } = await place.run(['prove', '--mutants', '--config', threeGates(place, ['p/no-m'])]);
  expect(saved(place).mutants).toMatchObject([{ caughtBy: ['p/no-m'], verdicts: { 'p/check/facts': 'fail' } }]);
  expect(code).toBe(0);
});

test('checks of a later gate run when no gate before it caught the mutant', { timeout: 120_000 }, async () => {
  const place = new Place();
  await place.run(['prove', '--mutants', '--config', threeGates(place, ['p/after/facts', 'p/check/facts'])]);
  expect(saved(place).mutants).toMatchObject([{ caughtBy: ['p/check/facts'], verdicts: { 'p/after/facts': 'pass' } }]);
});

test('checks of a later gate do not run when one before it caught the mutant', async () => {
  const place = new Place();
  await place.run(['prove', '--mutants', '--config', threeGates(place, ['p/check/facts', 'p/after/facts'])]);
  const [mutant] = saved(place).mutants;
  expect(mutant).toMatchObject({ caughtBy: ['p/check/facts'] });
  expect(Object.keys(mutant?.verdicts ?? {}).sort()).toEqual(['p/check/facts', 'p/no-m']);
});

test('a mutant whose text is gone is stale and fails the proof before anything runs', async () => {
  const place = new Place();
  const { code, stderr } = await place.run(['prove', '--mutants', '--config', unguarded(place, '3')]);
  expect(code).toBe(1);
  expect(stderr).toContain('stale: p/unseen');
});

test('Ctrl-C ends the runs under way with the proof, and leaves nothing behind', async () => {
  const place = new Place();
  const { child, ended, until } = place.start(['prove', '--mutants', '--config', SMALL, '--jobs', '1']);
  await until('2 of 2 mutants');
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
  expect(saved(place).complete).toBe(false);
  expect(place.leftovers()).toEqual([]);
});

test.for([
  [['--mutant', 'small/answer'], 'unknown mutant "small/answer"'],
  [['--sample', '0'], 'whole number'],
] as const)('%s is a usage error that says what to do', async ([args, sentence]) => {
  const { code, stderr } = await new Place().run(['prove', '--mutants', '--config', SMALL, ...args]);
  expect(code).toBe(254);
  expect(stderr).toContain(sentence);
});
