/** Which code the gate takes a saved run to speak about: seen on a real repository, and through the command. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { checkoutOf } from '../run-folder/provenance.ts';
import type { Run } from '../schema/run.ts';
import { Place, SMALL } from './command.fixture.ts';
import { reasonsByCode } from './gate.ts';

let root: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { stdio: 'ignore' });
const runMadeHere = () => ({ provenance: checkoutOf(root) as Run['provenance'] });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'checkout-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  git('init');
  writeFileSync(join(root, 'impl.ts'), 'one');
  git('add', '.');
  git('commit', '-m', 'one');
});

describe.each(['latest', './latest', 'latest/', 'reports/latest', '/somewhere/reports/latest'])(
  'the run %s',
  (given) => {
    test('speaks of the commit that is checked out, if it was made on it', () => {
      expect(reasonsByCode(runMadeHere(), given, undefined, root)).toEqual([]);
    });

    test('made on the commit before says nothing of this one', () => {
      const run = runMadeHere();
      git('commit', '--allow-empty', '-m', 'two');
      expect(reasonsByCode(run, given, undefined, root)).toEqual([expect.stringContaining('is to be judged')]);
    });

    test('says nothing of what was changed since', () => {
      const run = runMadeHere();
      writeFileSync(join(root, 'impl.ts'), 'two');
      expect(reasonsByCode(run, given, undefined, root)).toEqual([expect.stringContaining('uncommitted changes')]);
    });

    test('is not known where git cannot tell, unless the commit is given', () => {
      const run = runMadeHere();
      rmSync(join(root, '.git'), { recursive: true });
      const reasons = reasonsByCode(run, given, undefined, root);
      expect(reasons).toEqual([expect.stringMatching(/git cannot tell .* name the run, or give --commit/)]);
      expect(reasonsByCode(run, given, run.provenance.commit as string, root)).toEqual([]);
    });
  },
);

test('a run named by its own name is judged for what it was made on', () => {
  const run = runMadeHere();
  git('commit', '--allow-empty', '-m', 'two');
  expect(reasonsByCode(run, 'reports/runs/2026-01-01T00-00-00-abc', undefined, root)).toEqual([]);
});

test('a run made with uncommitted changes says nothing of the commit given', () => {
  writeFileSync(join(root, 'impl.ts'), 'two');
  const run = runMadeHere();
  expect(reasonsByCode(run, 'latest', run.provenance.commit as string, root)).toEqual([
    expect.stringContaining('with uncommitted changes'),
  ]);
});

test('the command without a git on its path lets no latest run through, and one that is named', async () => {
  const place = new Place();
  expect((await place.run(['regression', '--config', SMALL, '--profile', 'smoke'])).code).toBe(0);
  const latest = join(place.output, 'latest');
  const stale = await place.run(['gate', `${latest}/`, '--profile', 'smoke'], { PATH: '' });
  expect(stale).toMatchObject({ code: 2, stderr: expect.stringContaining('git cannot tell') });
  const named = await place.run(['gate', realpathSync(latest), '--profile', 'smoke'], { PATH: '' });
  expect(named.code).toBe(0);
});
