import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Gate } from '../schema/run.ts';
import * as runs from './run.fixture.ts';
import { renderTerminal } from './terminal.ts';

const PLAIN = { color: false, reportPath: 'reports/latest/report.html' };

describe('renderTerminal', () => {
  it('tells a run that passes', () => {
    expect(renderTerminal(runs.passingRun(), PLAIN)).toMatchInlineSnapshot(`
      "Acme Hub v1.0.1 against v1.0.0 · profile standard · 9 min 12 s

      ACME-1001 4 pass
        ✓ silent-drop-found max 41.2 s (≤ 60 s)             v1.0.0 412 s
        ✓ reconnects-soon   p95 1.84 s (< 5 s)              v1.0.0 31 s
        ✓ all facts of 2 checks hold

      ACME-1002 2 pass
        ✓ scrape-fast       p99 3.1 ms (< 100 ms)           v1.0.0 412 ms
        ✓ all facts of 1 check hold

      ACME-1003 2 pass
        ✓ spans-orphaned    0.012 % over 5 s (< 0.1 %)      v1.0.0 12 %
        ✓ all facts of 1 check hold

      ACME-1004 2 pass
        ✓ writes-lost       0 of 30 lost writes (0 allowed) v1.0.0 11 of 30
        ✓ all facts of 1 check hold

      ACME-1005 2 pass
        ✓ rss-bounded       max 88.5 MB (< 200 MB)          v1.0.0 168 MB
        ✓ all facts of 1 check hold

      · deferred to nightly: acme-1005/slope-over-48-h

      PASS · v1.0.1 passes all 12 gates.
      report  reports/latest/report.html
      repeat  npm run regression -- --profile standard --seed 20240917
      "
    `);
  });

  it('tells a run that does not', () => {
    expect(renderTerminal(runs.failingRun(), { ...PLAIN, width: 80 })).toMatchInlineSnapshot(`
      "Acme Hub v1.0.1 against v1.0.0 · profile standard · 9 min 12 s

      ACME-1001 2 fail, 2 pass
        ✗ silent-drop-found   max 60.004 s (≤ 60 s)      v1.0.0 412 s
        ✗ silent-drop/facts   1 of 3 broken (0 allowed)  v1.0.0 2 of 6 broken
        ✓ reconnects-soon     p95 1.84 s (< 5 s)         v1.0.0 31 s
        ✓ all facts of 1 check hold

      ACME-1002 1 inconclusive, 1 pass
        ? scrape-fast         p99 104 ms (< 100 ms)      v1.0.0 412 ms
        ✓ all facts of 1 check hold

      ACME-1003 1 marginal, 1 pass
        ≈ spans-orphaned      0.082 % over 5 s (< 0.1 %) v1.0.0 12 %
        ✓ all facts of 1 check hold

      ACME-1004 1 error, 1 no-data
        ! kill-database/facts no samples (0 allowed)
        ∅ writes-lost         no samples (0 allowed)

      ACME-1005 2 pass
        ✓ rss-bounded         max 88.5 MB (< 200 MB)     v1.0.0 168 MB
        ✓ all facts of 1 check hold

      ✗ fail acme-1001/silent-drop-found
        A silent drop is found within 60 s of the last frame
        max 60.004 s, limit ≤ 60 s, over 12 samples; v1.0.0: 412 s
        rerun  npm run regression -- --check acme-1001/silent-drop --seed 20240917

      ✗ fail acme-1001/silent-drop/facts
        All 6 facts of acme-1001/silent-drop hold
        1 of 3 facts broken, limit ≤ 0; broken: no event is lost across the drop
        (9,998 of 10,000 events); v1.0.0: 2 of 6
        rerun  npm run regression -- --check acme-1001/silent-drop --seed 20240917

      ! error acme-1004/kill-database/facts
        All 6 facts of acme-1004/kill-database hold
        acme-1004/kill-database ended with an error on the candidate
        rerun  npm run regression -- --check acme-1004/kill-database --seed 20240917

      ∅ no-data acme-1004/writes-lost
        No acknowledged write is lost when the database is killed
        acme-1004/kill-database did not run, because postgres could not be had; no
        samples of lost_writes, limit ≤ 0
        rerun  npm run regression -- --check acme-1001/silent-drop --seed 20240917

      ? inconclusive acme-1002/scrape-fast
        A scrape of /metrics takes less than 100 ms at the 99th percentile
        p99 104 ms [93, 131], limit < 100 ms, over 800 samples; the interval lies on
        both sides of the limit; v1.0.0: 412 ms
        rerun  npm run regression -- --check acme-1001/silent-drop --seed 20240917

      ≈ marginal acme-1003/spans-orphaned
        Fewer than 0.1 % of spans take longer than 5 s to arrive
        0.082 % [0.05, 0.13] of 12,000 samples of arrival_ms over 5 s, limit < 0.1 %;
        the interval reaches past the limit; v1.0.0: 12 %
        rerun  npm run regression -- --check acme-1001/silent-drop --seed 20240917

      · not complete: postgres could not be had: no provider could serve it; \`apt-get
        install -y postgresql\` gets it
      · not complete: acme-1004/kill-database on the candidate did not finish
      · narrowed by --profile standard --ticket ACME-1001 … ACME-1005
      · deferred to nightly: acme-1005/slope-over-48-h

      FAIL · v1.0.1 fails 2 of 12 gates; 4 more are not known. The run is not
      complete: postgres could not be had: no provider could serve it; \`apt-get
      install -y postgresql\` gets it (and 1 more). It was narrowed and does not decide
      the whole release.
      report  reports/latest/report.html
      repeat  npm run regression -- --profile standard --seed 20240917
      "
    `);
  });

  it('says of a run that passes and decides nothing that it is not known, and why', () => {
    const smoke = { ...runs.passingRun(), scope: { ...runs.passingRun().scope, profile: 'smoke' as const } };
    expect(renderTerminal(smoke, PLAIN)).toContain(
      'PASS · v1.0.1 passes all 12 gates. Profile smoke does not decide a release.',
    );
    const lines = renderTerminal(smoke, { ...PLAIN, undecided: ['too little', 'too old'] }).split('\n');
    expect(lines.filter((line) => line.startsWith('PASS'))).toEqual([]);
    expect(lines).toContain('NOT KNOWN for release · too little; too old');
    const failing = renderTerminal(runs.failingRun(), { ...PLAIN, undecided: ['too little'] });
    expect(failing).toMatch(/^FAIL · /m);
  });

  it('tells an empty run', () => {
    expect(renderTerminal(runs.emptyRun(), PLAIN)).toMatchInlineSnapshot(`
      "Acme Hub v1.0.1 against v1.0.0 · profile standard · 9 min 12 s

      NOT KNOWN · No gate was judged.
      report  reports/latest/report.html
      repeat  npm run regression -- --profile standard --seed 20240917
      "
    `);
  });

  it.each([
    ['passing', runs.passingRun()],
    ['failing', runs.failingRun()],
    ['killed', runs.killedRun()],
    ['hostile', runs.hostileRun()],
    ['big', runs.bigRun()],
  ])('ends a %s run with verdict, report and command', (_, run) => {
    const lines = renderTerminal(run, PLAIN).trimEnd().split('\n');
    expect(lines.at(-2)).toBe('report  reports/latest/report.html');
    expect(lines.at(-1)).toMatch(/^repeat {2}/);
    expect(lines.findLast((line) => /^(PASS|FAIL|NOT KNOWN) · /.test(line))).toBeDefined();
  });

  it.each([100, 80, 59, 40, 25])('fits %d columns, but for commands and paths', (width) => {
    for (const run of [runs.passingRun(), runs.failingRun(), runs.killedRun(), runs.hostileRun(), runs.bigRun()]) {
      const lines = renderTerminal(run, { ...PLAIN, width }).split('\n');
      const bound = lines.filter((line) => !/^(report|repeat| {2}rerun) /.test(line));
      expect(bound.filter((line) => [...line].length > width)).toEqual([]);
    }
  });

  it('shows the usual numbers whole on 80 columns', () => {
    const text = renderTerminal(runs.passingRun(), { ...PLAIN, width: 80 });
    expect(text).not.toContain('…');
    expect(text).toMatch(/^ {2}✓ writes-lost +0 of 30 lost writes \(0 allowed\) +v1\.0\.0 11 of 30$/m);
  });

  it('names a gate whole where the group does not name its suite', () => {
    const [gate] = runs.passingRun().gates;
    const run = { ...runs.passingRun(), gates: [{ ...(gate as Gate), ticket: 'OTHER-7' }] };
    expect(renderTerminal(run, PLAIN)).toMatch(/^ {2}✓ acme-1001\/silent-drop-found /m);
  });

  it('gives a gate two lines where one is too narrow', () => {
    const text = renderTerminal(runs.passingRun(), { ...PLAIN, width: 40 });
    expect(text).toContain('  ✓ writes-lost\n    0 of 30 lost writes (0 allowed)\n    v1.0.0 11 of 30\n');
    expect(text).toContain('  ✓ silent-drop-found\n    max 41.2 s (≤ 60 s) · v1.0.0 412 s\n');
  });

  it('says the same with colours as without, and acts on the terminal only by colours', () => {
    const colored = renderTerminal(runs.hostileRun(), { ...PLAIN, color: true });
    expect(stripVTControlCharacters(colored)).toBe(renderTerminal(runs.hostileRun(), PLAIN));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the purpose
    expect(colored.replace(/\u001b\[\d+m/g, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});
