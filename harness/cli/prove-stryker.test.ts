import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Place } from './command.fixture.ts';
import { MUTATION_FILE } from './mutation-file.ts';

test('Ctrl-C keeps nothing of a part, and leaves nothing behind', { timeout: 120_000 }, async () => {
  const place = new Place();
  const { child, ended, until } = place.start(['prove', '--stryker', '--jobs', '1']);
  await until('1 changes at a time');
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, stdout: '', stderr: expect.stringContaining('nothing is kept') });
  expect(existsSync(join(place.output, MUTATION_FILE))).toBe(false);
  expect(place.leftovers()).toEqual([]);
});

test('more than one thing to prove is a usage error, and so is a folder that cannot be', async () => {
  const place = new Place();
  expect(await place.run(['prove', '--stryker', '--judge'])).toMatchObject({
    code: 254,
    stderr: expect.stringContaining('--judge, --aa or --stryker'),
  });
  writeFileSync(place.output, '');
  expect(await place.run(['prove', '--stryker'])).toMatchObject({
    code: 254,
    stdout: '',
    stderr: expect.stringMatching(/^error: .*reports/),
  });
});
