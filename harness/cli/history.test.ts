/** `--history` as a CI meets it: several runs of one commit, two of them at once, and a file that somebody spoilt. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { HOSTILE } from '../reporters/run.fixture.ts';
import { Place } from './command.fixture.ts';

test('a run tells what is new and fixed since the last one like it, and what does either on one commit', async () => {
  const place = new Place();
  const config = place.product('fact("ok", process.env.BROKEN !== "yes");');
  const git = (...args: string[]) => execFileSync('git', ['-C', dirname(config), ...args]);
  writeFileSync(join(dirname(config), '.gitignore'), 'node_modules/\n');
  git('init', '--quiet');
  git('add', '.');
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example', 'commit', '--quiet', '--message', 'Acme');
  const history = join(place.output, 'kept/history.ndjson');
  const run = (environment = {}) =>
    place.run(['regression', '--config', config, '--profile', 'smoke', '--history', history], environment);

  const both = await Promise.all([run(), run()]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const written = readFileSync(history, 'utf8').trimEnd().split('\n');
  const lines = written.map((line) => JSON.parse(line) as { id: string });
  expect(new Set(lines.map(({ id }) => id)).size).toBe(2);

  // A clock that will go backwards, names that act on a terminal or a page, and a line that somebody was killed in.
  const last = { ...lines[1], id: HOSTILE, startedAt: '9999-01-01T00:00:00.000Z' };
  appendFileSync(history, `${JSON.stringify(last)}\n${written[0]?.slice(0, 100)}`);
  const broken = await run({ BROKEN: 'yes' });
  expect(broken.code).toBe(1);
  expect(broken.stderr).toMatch(/history\.ndjson, line 4, is left out: it is no JSON/);
  expect(broken.stdout).toContain('new since the last run: p/check/facts');
  expect(broken.stdout).toContain('flaky, both outcomes on this commit: p/check/facts');
  expect(place.read('summary.md')).toContain('- new: <code>p/check/facts</code>');
  expect(place.read('report.html')).not.toContain('<script>alert');
  const { history: told } = JSON.parse(place.read('run.json'));
  expect(told.runs.map(({ id }: { id: string }) => id)).toEqual([...lines.map(({ id }) => id), HOSTILE]);

  const mended = await run();
  expect(mended.stdout).toContain('fixed since the last run: p/check/facts');
  expect(mended.stdout).not.toContain('new since');
  expect(place.leftovers()).toEqual([]);
});
