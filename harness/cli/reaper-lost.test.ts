/** A run whose reaper dies: what is left of it, and what it may still say. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Place, SMALL } from './command.fixture.ts';

function reaperOf(place: Place): number | undefined {
  const isIt = (pid: string) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words[1]?.endsWith('reaper-child.ts') === true && words[2] === place.temporary;
    } catch {
      return false; // It ended meanwhile.
    }
  };
  const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && isIt(name));
  return pid === undefined ? undefined : Number(pid);
}

test('a run whose reaper was killed is never a pass, says why, and leaves nothing behind', async () => {
  const place = new Place();
  const { ended, until } = place.start(['regression', '--config', SMALL, '--profile', 'smoke']);
  await until('components ready');
  const reaper = reaperOf(place);
  expect(reaper).toBeDefined();
  process.kill(reaper as number, 'SIGKILL');
  expect((await ended).code).toBe(2);
  expect(place.read('observations.ndjson')).toContain('the reaper died');
  expect(place.leftovers()).toEqual([]);
});

test('a temporary folder that is not there is a usage error in one sentence', async () => {
  const place = new Place();
  const { code, stderr } = await place.run(['regression', '--config', SMALL, '--profile', 'smoke'], {
    TMPDIR: `${place.temporary}/absent`,
  });
  expect(code).toBe(254);
  expect(stderr).toContain('Set TMPDIR to a folder that exists and is writable');
  expect(stderr).not.toContain('    at ');
});
