import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { BenchmarkResult } from '../benchmarks/result.ts';
import { Place } from './command.fixture.ts';

/** Contenders that need nothing but the clock; `body` is what the second one does. */
function withBenchmark(place: Place, body: string): string {
  const config = place.product('');
  const folder = join(dirname(config), 'bench/peers/echo');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'benchmark.ts'),
    `export const benchmark = {
      title: 'Two ways to count',
      measures: ['count'],
      rounds: 2,
      timeout_ms: 20_000,
      async prepare({ say }) {
        say('prepared');
        return {
          contenders: [
            { scenario: 'counting', name: 'ours', version: '1', measure: async () => ({ count: 2 }) },
            { scenario: 'counting', name: 'theirs', version: '7', measure: async (signal) => { ${body} } },
          ],
          absent: [{ name: 'others', reason: 'nobody has them.', command: 'get others' }],
          close: async () => say('closed'),
        };
      },
    };`,
  );
  return config;
}

const resultOf = (place: Place): BenchmarkResult =>
  JSON.parse(readFileSync(join(place.output, 'bench/peers/echo.json'), 'utf8'));

test('measures, tells a table, and keeps the samples', async () => {
  const place = new Place();
  const config = withBenchmark(place, 'return { count: 6 };');
  const { code, stdout, stderr } = await place.run(['bench', 'peers/echo', '--rounds', '6', '--config', config]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^counting +count$/m);
  expect(stdout).toMatch(/^theirs 7 +6 \[6, 6\] ×3 \[3, 3\]$/m);
  expect(stdout).toContain('others did not take part: nobody has them. Get it by: get others');
  expect(stderr).toContain('closed');
  expect(resultOf(place)).toMatchObject({ rounds: 6, complete: true, failures: [] });
  expect(resultOf(place).contenders[1]?.standings[0]?.samples).toEqual([6, 6, 6, 6, 6, 6]);
  expect(place.leftovers()).toEqual([]);
});

test('a turn that fails makes the result incomplete: exit code 2, and the reason is told', async () => {
  const place = new Place();
  const config = withBenchmark(place, "throw new Error('no such server');");
  const { code, stdout } = await place.run(['bench', 'peers/echo', '--config', config]);
  expect(code).toBe(2);
  expect(stdout).toContain('theirs (counting) was not measured in round 1: no such server');
  expect(resultOf(place)).toMatchObject({ complete: false, failures: [{ round: 0 }, { round: 1 }] });
});

test('Ctrl-C keeps what was measured, ends with 130, and leaves nothing', async () => {
  const place = new Place();
  const config = withBenchmark(place, 'await new Promise(() => {});');
  const { child, ended, until } = place.start(['bench', 'peers/echo', '--seed', '1', '--config', config]);
  await until('theirs, counting');
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
  expect(resultOf(place)).toMatchObject({ complete: false, failures: [] });
  expect(place.leftovers()).toEqual([]);
});

test('without a name the benchmarks are listed, and a name that is not known is told with the nearest', async () => {
  const place = new Place();
  const config = withBenchmark(place, 'return { count: 1 };');
  const listed = await place.run(['bench', '--config', config]);
  expect(listed).toMatchObject({ code: 0, stdout: 'peers/echo  Two ways to count\n' });
  const wrong = await place.run(['bench', 'peer/echo', '--config', config]);
  expect(wrong.code).toBe(254);
  expect(wrong.stderr).toContain('did you mean "peers/echo"');
});
