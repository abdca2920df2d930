/** The command as a pipeline and a person meet it: a real run of the small product, judged from outside. */
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitUntil } from '../processes/wait.ts';
import { sealRun } from '../run-folder/seal.ts';
import { type Run, runSchema } from '../schema/run.ts';
import { Place, SMALL } from './command.fixture.ts';
import { judgeFolder } from './finish.ts';

const REGRESSION = ['regression', '--config', SMALL, '--profile', 'smoke'];
const saved = (place: Place): Run => runSchema.parse(JSON.parse(place.read('run.json')));
const gateOf = (run: Run, id: string) => run.gates.find((gate) => gate.id === id);

describe('a run that keeps its promises', () => {
  test('passes, is told in every form, can be judged again, and leaves nothing behind', async () => {
    const place = new Place();
    const history = join(place.output, 'history.ndjson');
    const { code, stdout, stderr } = await place.run([...REGRESSION, '--seed', '7', '--history', history]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/1 check, 2 executions, for 2 gates; /);
    expect(stderr).toMatch(/Z small\/answers candidate started$/m);
    expect(stderr).toMatch(/Z \d\/2 small\/answers candidate done after /m);
    expect(stdout).toContain('latest/report.html'.replace('latest', saved(place).id));

    const run = saved(place);
    expect(run).toMatchObject({ verdict: 'pass', seed: 7, ended: 'finished', scope: { complete: true, missing: [] } });
    expect(gateOf(run, 'small/answers-rightly')).toMatchObject({ verdict: 'pass', discriminates: true });
    // What its service wrote while it ran is found from the check.
    expect(run.checks[0]?.logs).toEqual(
      (['baseline', 'candidate'] as const).map((arm) =>
        expect.objectContaining({ arm, file: expect.stringMatching(`^small-${arm}-.*\\.log$`), lines: [1, 1] }),
      ),
    );
    expect(run.deferred).toContainEqual({ id: 'small/waits', decidableFrom: 'standard' });
    expect(run.deferred).toContainEqual({ id: 'small/alone/facts', decidableFrom: 'nightly' });
    for (const file of ['report.html', 'junit.xml', 'ctrf.json', 'summary.md'])
      expect(place.read(file)).toContain('small/answers-rightly');
    expect(place.read('annotations.txt')).toBe('');
    expect(JSON.parse(place.read('badge.json'))).toMatchObject({ color: 'brightgreen' });
    expect(JSON.parse(readFileSync(history, 'utf8'))).toMatchObject({ id: run.id, verdict: 'pass' });
    expect(place.leftovers()).toEqual([]);

    const before = place.read('run.json');
    expect(await place.run(['report'])).toMatchObject({ code: 0 });
    expect(place.read('run.json')).toBe(before);
    expect(await place.run(['gate', run.id, '--profile', 'smoke', '--json'])).toMatchObject({
      code: 0,
      stdout: before,
    });

    const low = await place.run(['gate']);
    expect(low).toMatchObject({ code: 2 });
    expect(low.stderr).toContain('the run is at profile smoke, standard is required');
    expect(low.stdout).not.toMatch(/^PASS/m);
    expect(low.stdout).toMatch(/^NOT KNOWN for release · the run is at profile smoke/m);
  });
});

describe('lanes', () => {
  test('waiting checks wait together, timing checks are alone on the machine, one after the other', async () => {
    const place = new Place();
    const checks = ['small/answers', 'small/idle-one', 'small/idle-two', 'small/alone'].flatMap((id) => [
      '--check',
      id,
    ]);
    expect((await place.run(['regression', '--config', SMALL, '--profile', 'nightly', ...checks])).code).toBe(0);
    const executions = executionsOf(place.read('observations.ndjson'));
    const spanOf = (check: string) => executions.filter((one) => one.check === check);
    const [first, second] = [spanOf('small/idle-one'), spanOf('small/idle-two')].flat();
    expect(overlap(first, second)).toBe(true);
    const alone = spanOf('small/alone');
    expect(alone).toHaveLength(2);
    for (const one of alone) expect(executions.filter((other) => overlap(one, other))).toEqual([one]);
  });
});

describe('a run that breaks a promise', () => {
  test('fails for the right gate, and its rerun command repeats it with the same seed', async () => {
    const place = new Place();
    const { code } = await place.run([...REGRESSION, '--candidate', 'v1']);
    expect(code).toBe(1);
    const first = saved(place);
    expect(first.gates.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['small/answers-rightly', 'fail'],
      ['small/answers/facts', 'pass'],
    ]);
    const { rerun, reason } = gateOf(first, 'small/answers-rightly') ?? {};
    expect(reason).toContain('A/A');
    expect(rerun).toContain(`--seed ${first.seed}`);

    const again = await place.run((rerun ?? '').replace('npm run ', '').replace(' -- ', ' ').split(' '));
    expect(again.code).toBe(1);
    const drawn = (run: Run) => run.checks[0]?.facts;
    expect(drawn(saved(place))).toEqual(drawn(first));
    expect((await place.run(['gate', '--profile', 'smoke'])).code).toBe(1);
  });

  test('an A/A run of the good release judges the fix on its limit alone, and says so', async () => {
    const place = new Place();
    const { code } = await place.run([...REGRESSION, '--baseline', 'v2']);
    expect(code).toBe(0);
    const run = saved(place);
    expect(gateOf(run, 'small/answers-rightly')?.reason).toContain('A/A');
    const gate = await place.run(['gate', run.id, '--profile', 'smoke']);
    expect(gate.code).toBe(2);
    expect(gate.stderr).toContain('the run was narrowed by --baseline v2');
  });
});

/** How often the harness is killed: `npm run test:kills` makes it 20. */
const KILLS = Number(process.env.KILLS ?? 3);

describe('a run that does not reach its end', () => {
  const PATIENT = ['regression', '--config', SMALL, '--profile', 'standard', '--check', 'small/patience'];

  test('Ctrl-C ends with 130 and a partial report, which is not known to the gate', async () => {
    const place = new Place();
    const { child, ended, until } = place.start(PATIENT);
    await until('components ready');
    await waitUntil('the first observations', () => observed(place) > 5, { timeout_ms: 20_000, interval_ms: 20 });
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130 });
    const run = saved(place);
    expect(run).toMatchObject({ ended: 'interrupted', verdict: 'no-data', scope: { complete: false } });
    expect(place.read('report.html')).toContain('small/waits');
    expect(place.leftovers()).toEqual([]);
    const gate = await place.run(['gate']);
    expect(gate.code).toBe(2);
    expect(gate.stderr).toContain('small/patience');
  });

  test('the hard deadline, twice the budget, ends the run with a report', async () => {
    const place = new Place();
    const { code } = await place.run(PATIENT, { SMALL_BUDGET_MS: '1200' });
    expect(code).toBe(2);
    expect(saved(place)).toMatchObject({ ended: 'deadline', verdict: 'no-data' });
    expect(place.leftovers()).toEqual([]);
  });

  test(
    'kill -9 at any moment leaves no process and no temporary folder, and a readable run that is not known',
    async () => {
      for (let round = 0; round < KILLS; round += 1) {
        const place = new Place();
        const { child, ended } = place.start(PATIENT);
        // From the first scope on disk to the middle of the check: where in between is up to chance, and told on failure.
        const delay_ms = Math.floor(Math.random() * 4_000);
        await waitUntil('the scope is written', () => existsSync(join(place.output, 'latest')), {
          timeout_ms: 20_000,
          interval_ms: 5,
        });
        await new Promise((resolve) => setTimeout(resolve, delay_ms));
        child.kill('SIGKILL');
        await ended;
        await waitUntil(
          `nothing to be left of a run killed ${delay_ms} ms after its scope`,
          () => place.leftovers().length === 0,
          {
            timeout_ms: 15_000,
            interval_ms: 50,
          },
        );
        const gate = await place.run(['gate']);
        expect({ delay_ms, code: gate.code, stderr: gate.stderr }).toMatchObject({ code: 2 });
        expect(gate.stderr).toContain('not known:');
      }
    },
    40_000 * KILLS,
  );
});

describe('a saved run that was tampered with', () => {
  test('never passes, not even when it is sealed again', async () => {
    const place = new Place();
    expect((await place.run(REGRESSION)).code).toBe(0);
    const folder = realpathSync(join(place.output, 'latest'));
    const path = join(folder, 'observations.ndjson');
    const whole = readFileSync(path, 'utf8');
    const lines = whole.trimEnd().split('\n');
    const gate = async () => (await place.run(['gate', folder, '--profile', 'smoke'])).code;
    const isKnown = async () => {
      const { verdict, scope } = await judgeFolder(folder);
      return verdict === 'pass' || scope.complete;
    };
    const isKnownAs = async (observations: string) => {
      writeFileSync(path, observations);
      await sealRun(folder);
      return isKnown();
    };

    expect(await isKnown()).toBe(true);
    expect(await isKnownAs(whole.slice(0, -30))).toBe(false);
    for (const [index] of lines.entries()) {
      const known = await isKnownAs(`${lines.toSpliced(index, 1).join('\n')}\n`);
      expect(known, `without line ${index + 1}: ${lines[index]}`).toBe(false);
    }
    expect(await isKnownAs(`${whole}${lines.find((line) => line.includes('"observation"'))}\n`)).toBe(false);
    expect(await isKnownAs(whole.replaceAll('"unit":"answers"', '"unit":"s"'))).toBe(false);
    expect(await isKnownAs(whole.replaceAll('"values":[0]', '"values":[null]'))).toBe(false);
    expect(await isKnownAs(whole)).toBe(true);

    // What the judge cannot see in the lines themselves, the seal tells.
    writeFileSync(path, whole.replaceAll('"values":[0]', '"values":[-1]'));
    expect(await gate()).toBe(2);
    writeFileSync(path, whole);
    expect(await gate()).toBe(0);
    const scope = join(folder, 'scope.json');
    writeFileSync(scope, readFileSync(scope, 'utf8').replace('"profile": "smoke"', '"profile": "nightly"'));
    expect(await gate()).toBe(2);
  }, 120_000);
});

describe('what a check does outside of its own course', () => {
  test('a worker that dies on the baseline leaves the run incomplete, though nothing is promised of that arm', async () => {
    const place = new Place();
    const config = place.product('if (arm === "baseline") process.kill(process.pid, "SIGKILL");', '', [
      'baseline',
      'candidate',
    ]);
    expect((await place.run(['regression', '--config', config, '--profile', 'smoke'])).code).toBe(2);
    const { scope } = saved(place);
    expect(scope).toMatchObject({ complete: false });
    expect(scope.missing).toContainEqual(expect.stringContaining('p/check on the baseline ended with an error'));
  });

  test.for([
    ['throws in a callback', 'setTimeout(() => { throw new Error("astray") }, 5); await wait(50);'],
    ['rejects where nobody waits', 'void Promise.reject(new Error("astray")); await wait(50);'],
    ['records a number that is none in a callback', 'setTimeout(() => observe("m", [NaN]), 5); await wait(50);'],
    ['records after its end', 'setTimeout(() => observe("m", [1]), 20); setTimeout(() => {}, 200);'],
    ['throws after its end', 'setTimeout(() => { throw new Error("astray") }, 20);'],
    ['ends its worker', 'process.kill(process.pid, "SIGKILL"); await wait(5000);'],
  ])('that it %s is never a pass', async ([, body = '']) => {
    const place = new Place();
    const config = place.product(body);
    const { code } = await place.run(['regression', '--config', config, '--profile', 'smoke']);
    expect(code).toBe(2);
    expect(place.leftovers()).toEqual([]);
  });

  test('that it throws is told at once, with what it threw', async () => {
    const place = new Place();
    const config = place.product('throw new Error("the door is shut");');
    const { stderr } = await place.run(['regression', '--config', config, '--profile', 'smoke']);
    expect(stderr).toMatch(/p\/check candidate ended in an error after .*: Error: the door is shut$/m);
  });

  test('that it lets a secret slip is not kept: not as evidence, not in an error', async () => {
    const place = new Place();
    const slips =
      'fact("ok", true, "postgres://acme:hunter2@host/db"); void Promise.reject(new Error("GET /ws?token=hunter2"));';
    const config = place.product(`${slips} await wait(50); throw new Error("Bearer hunter2 was refused");`);
    const { stdout, stderr } = await place.run(['regression', '--config', config, '--profile', 'smoke']);
    const files = ['observations.ndjson', 'run.json', 'report.html', 'junit.xml', 'ctrf.json', 'summary.md'];
    const kept = [...files, 'annotations.txt'].map((file) => place.read(file));
    expect(kept.join('')).toContain('[redacted]');
    expect([stdout, stderr, ...kept].join('')).not.toContain('hunter2');
  });

  test('that its file cannot be loaded, or ends the process, is never exit 0', async () => {
    const place = new Place();
    expect(
      (await place.run(['regression', '--config', place.product('', 'process.exit(0);'), '--profile', 'smoke'])).code,
    ).toBe(255);
    expect(
      (await place.run(['regression', '--config', place.product('', 'import "./nowhere.ts";'), '--profile', 'smoke']))
        .code,
    ).toBe(254);
  });
});

describe('a call that cannot be served', () => {
  const place = () => new Place();

  test.for([
    [['--check', 'small/answer'], 'unknown check "small/answer": did you mean "small/answers"?'],
    [['--ticket', 'SMALL-2'], 'unknown ticket "SMALL-2": did you mean "SMALL-1"?'],
    [['--suite', 'smal'], 'did you mean "small"?'],
    [['--profile', 'smok'], 'Allowed choices are smoke, standard, nightly'],
    [['--candidate', 'v3'], 'unknown release "v3"'],
    [['--component', 'redis'], 'NAME=PROVIDER was expected'],
    [['--seed', '-1'], 'whole number'],
    [['--bale'], '(Did you mean --bail?)'],
    [['--check', 'small/patience'], 'nothing to run at profile smoke: run it with --profile standard'],
    [['--config', 'nowhere.config.ts'], 'no composition root at'],
  ] as const)('%s is a usage error that says what to do', async ([args, sentence]) => {
    const { code, stderr, stdout } = await place().run([...REGRESSION, ...args]);
    expect({ code, stdout }).toEqual({ code: 254, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  test('an option that npm kept for itself is told, not lost', async () => {
    const { code, stderr } = await place().run(REGRESSION, { npm_config_bail: 'true' });
    expect(code).toBe(254);
    expect(stderr).toContain('put two dashes before the options');
  });

  test('a report folder that is a file is refused', async () => {
    const where = place();
    writeFileSync(where.output, '');
    const { code, stderr } = await where.run(REGRESSION);
    expect(code).toBe(254);
    expect(stderr).toContain('--output DIR');
  });

  test('a gate without a run is not known', async () => {
    const { code, stderr } = await place().run(['gate']);
    expect(code).toBe(2);
    expect(stderr).toContain('Make one with: npm run regression');
  });

  test.for(['regression', 'gate', 'report', 'doctor', 'prove', 'bench'])(
    '%s --help tells its options',
    async (command) => {
      const { code, stdout } = await place().run([command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain('Options:');
      expect(stdout).not.toContain('(default: [])');
    },
  );

  test('the help says what each profile decides', async () => {
    const { stdout } = await place().run(['regression', '--help']);
    expect(stdout.replace(/\s+/g, ' ')).toContain('standard decides a release, smoke only takes a first look');
  });

  test('--list names what a run would do and decide', async () => {
    const { code, stdout } = await place().run([...REGRESSION, '--list']);
    expect(code).toBe(0);
    expect(stdout).toContain('small/answers-rightly  fix: No answer is wrong');
    expect(stdout).toContain('small/waits  decidable from standard');
  });
});

interface Span {
  readonly check: string;
  readonly from: number;
  readonly to: number;
}

function executionsOf(observations: string): Span[] {
  const entries = observations
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return entries
    .filter((entry) => entry.type === 'check-ended')
    .map(({ check, at, duration_ms }) => ({ check, from: Date.parse(at) - duration_ms, to: Date.parse(at) }));
}

function overlap(one: Span | undefined, other: Span | undefined): boolean {
  return one !== undefined && other !== undefined && one.from < other.to && other.from < one.to;
}

function observed(place: Place): number {
  const path = join(place.output, 'latest', 'observations.ndjson');
  return existsSync(path) ? readFileSync(path, 'utf8').split('"observation"').length - 1 : 0;
}
