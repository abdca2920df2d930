import { describe, expect, it } from 'vitest';
import * as runs from './run.fixture.ts';
import { renderSummary } from './summary.ts';

const MIB = 1024 * 1024;

/** Cells of each row of the table of gates, split where GitHub would split them. */
function rows(summary: string): string[][] {
  const lines = summary.split('\n').filter((line) => line.startsWith('| '));
  return lines.map((line) => line.split(/(?<!\\)\|/).slice(1, -1));
}

describe('renderSummary', () => {
  it('tells a killed run', () => {
    expect(renderSummary(runs.killedRun())).toMatchInlineSnapshot(`
      "# ∅ NOT KNOWN: Acme Hub v1.0.1 against v1.0.0

      **No gate fails, but 1 of 5 gates is not known. The run did not finish its scope; it was killed.** 1 no-data, 4 pass

      ## Failed and not known

      - **∅ no-data** <code>acme-1002/scrape-fast</code>: A scrape of /metrics takes less than 100 ms at the 99th percentile  
        acme-1002/scrape on the candidate was never started; no samples of scrape\\_ms

        \`\`\`sh
        npm run regression -- --check acme-1001/silent-drop --seed 20240917
        \`\`\`


      ## Not complete

      - the run was killed: no line says that it ended
      - acme-1002/scrape on the candidate did not finish

      ## Gates

      | Verdict | Gate | Measured | Limit | Baseline | Samples |
      | --- | --- | --- | --- | --- | ---: |
      | ✓ pass | <code>acme-1001/silent-drop-found</code><br>A silent drop is found within 60 s of the last frame | max 41.2 s | ≤ 60 s | 412 s | 12 |
      | ✓ pass | <code>acme-1001/reconnects-soon</code><br>The 95th percentile of the time to reconnect is under 5 s | p95 1.84 s<br>\\[1.41 s, 2.9 s\\] | &lt; 5 s | 31 s | 240 |
      | ✓ pass | <code>acme-1001/silent-drop/facts</code><br>All 6 facts of acme-1001/silent-drop hold | 0 of 6 broken | 0 allowed | 2 of 6 broken | 6 |
      | ✓ pass | <code>acme-1001/reconnects/facts</code><br>All 6 facts of acme-1001/reconnects hold | 0 of 6 broken | 0 allowed | 2 of 6 broken | 6 |
      | ∅ no-data | <code>acme-1002/scrape-fast</code><br>A scrape of /metrics takes less than 100 ms at the 99th percentile | no samples | &lt; 100 ms |  | 0 |

      ## Deferred

      - <code>acme-1005/slope-over-48-h</code> from profile nightly

      ## Provenance

      - Run: 2026-09-17t10-04-31z-4f2a
      - Profile: standard
      - Ended: the run was killed
      - Commit: fc12675a9d1be2f3a4b5c6d7e8f90a1b2c3d4e5f
      - Promises: sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      - Machine: Debian GNU/Linux 12 (bookworm), Linux 6.1.0 x64, AMD EPYC 7B13, 2 cores, Node v24.21.0
      - Components: postgres 18.4, valkey 9.0.1
      - Seed: 20240917

      Repeat this run:

      \`\`\`sh
      npm run regression -- --profile standard --seed 20240917
      \`\`\`
      "
    `);
  });

  it('puts what fails first, each with its command', () => {
    const summary = renderSummary(runs.failingRun());
    const troubles = summary.slice(summary.indexOf('## Failed and not known'), summary.indexOf('## Gates'));
    expect(troubles.match(/\*\*. [a-z-]+\*\*/g)).toEqual([
      '**✗ fail**',
      '**✗ fail**',
      '**! error**',
      '**∅ no-data**',
      '**? inconclusive**',
      '**≈ marginal**',
    ]);
    expect(troubles.match(/npm run regression/g)).toHaveLength(6);
  });

  it('keeps hostile text in its cell, as text', () => {
    const summary = renderSummary(runs.hostileRun());
    expect(rows(summary).every((cells) => cells.length === 6)).toBe(true);
    const outside = summary.replace(/^( *)(`{3,})sh\n[\s\S]*?\n\1\2$/gm, '');
    expect(outside.match(/<(?!\/?code>|br>)/g)).toBeNull();
    expect(outside.match(/(?<!\\)`/g)).toBeNull();
    expect(outside.match(/^#+ .*/gm)?.filter((line) => !/^#+ ([A-Z]|✗ FAIL)/.test(line))).toEqual([]);
    expect(outside).not.toMatch(/(?<!\\)\]\(/);
    expect(summary).not.toContain('\u001b');
  });

  it('fits 2,000 gates whole', () => {
    const summary = renderSummary(runs.bigRun());
    expect(Buffer.byteLength(summary)).toBeLessThan(MIB);
    expect(summary).not.toContain('left out');
  });

  it('says how much it leaves out to stay under 1 MiB', () => {
    const run = runs.bigRun();
    const gates = run.gates.flatMap((gate) => [0, 1, 2, 3, 4].map((n) => ({ ...gate, id: `${gate.id}-${n}` })));
    const summary = renderSummary({ ...run, gates });
    expect(Buffer.byteLength(summary)).toBeLessThan(MIB);
    expect(summary).toMatch(/\d+ of 10000 gates are left out here to stay under 1 MiB; report\.html has all\./);
    expect(summary).toContain('Repeat this run');
  });

  it('stays under 1 MiB when everything is long', () => {
    const long = '|<&`é'.repeat(100_000);
    const run = runs.failingRun();
    const gates = runs
      .bigRun()
      .gates.map((gate) => ({ ...gate, verdict: 'fail' as const, says: long, reason: long, rerun: long }));
    const scope = { ...run.scope, missing: gates.map(() => long), narrowedBy: [long] };
    const provenance = { ...run.provenance, os: long, cpu: long, commit: long };
    const summary = renderSummary({ ...run, id: long, product: long, command: long, scope, provenance, gates });
    expect(Buffer.byteLength(summary)).toBeLessThan(MIB);
    expect(summary).toMatch(/of 2000 gates that do not pass are left out here/);
    expect(summary).toMatch(/of 2000 missing things are left out here/);
    expect(summary).toMatch(/of 2000 gates are left out here/);
  });
});
