import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { renderJunit } from './junit.ts';
import * as runs from './run.fixture.ts';

type Element = { name: string; attributes: Record<string, string>; children: Element[]; text: string };

/** Reads XML 1.0 as strictly as these tests need; throws on anything that is not well-formed. */
function parse(xml: string): Element {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 section 2.2 forbids them
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(xml) || !xml.isWellFormed())
    throw new Error('illegal character');
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const token =
    /<\?xml [^?]*\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([\w-]+)>|<([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const match = token.exec(xml);
    const parent = open.at(-1);
    if (match === null || parent === undefined) throw new Error(`not well-formed at ${xml.slice(at, at + 60)}`);
    const [, cdata, closing, opening, attributes = '', empty, text] = match;
    if (cdata !== undefined) parent.text += cdata;
    else if (closing !== undefined) {
      if (open.pop()?.name !== closing) throw new Error(`</${closing}> closes nothing`);
    } else if (opening !== undefined) {
      const pairs = [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map((pair) => [
        pair[1],
        unescaped(pair[2] as string),
      ]);
      const element = { name: opening, attributes: Object.fromEntries(pairs), children: [], text: '' };
      parent.children.push(element);
      if (empty === '') open.push(element);
    } else if (text !== undefined) {
      if (text.includes(']]>')) throw new Error(']]> in text');
      parent.text += unescaped(text);
    }
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('not one closed root');
  return root.children[0] as Element;
}

function unescaped(text: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  return text.replace(/&([^;]*;?)/g, (_, name: string) => {
    const plain =
      entities[name.slice(0, -1)] ??
      (/^#x[\da-f]+;$/i.test(name) ? String.fromCodePoint(Number.parseInt(name.slice(2), 16)) : undefined);
    if (plain === undefined) throw new Error(`unknown entity &${name}`);
    return plain;
  });
}

function cases(xml: string): Element[] {
  return parse(xml).children.flatMap((suite) => suite.children.filter(({ name }) => name === 'testcase'));
}

function outcomes(xml: string): string[] {
  return cases(xml).map(({ attributes, children }) => {
    const bad = children.find(({ name }) => name !== 'system-out');
    return `${attributes.classname} ${attributes.name}: ${bad === undefined ? 'passed' : `${bad.name} ${bad.attributes.type ?? ''}`}`.trim();
  });
}

describe('renderJunit', () => {
  it.each([
    ['that passes', runs.passingRun()],
    ['that fails', runs.failingRun()],
    ['that was killed', runs.killedRun()],
    ['without gates', runs.emptyRun()],
    ['with doubts', runs.doubtfulRun()],
    ['with hostile text', runs.hostileRun()],
    ['of thousands of gates', runs.bigRun()],
  ])('of a run %s is what the strictest reader takes, by a real parser', async (_, run) => {
    const schema = readFileSync(new URL('junit.xsd', import.meta.url), 'utf8');
    const { errors } = await validateXML({ xml: renderJunit(run), schema, maxMemoryPages: 4_096 });
    expect(errors).toEqual([]);
  });

  it('is green only for gates that pass', () => {
    expect(outcomes(renderJunit(runs.failingRun()))).toMatchInlineSnapshot(`
      [
        "ACME-1001 acme-1001/silent-drop-found: failure fail",
        "ACME-1001 acme-1001/reconnects-soon: passed",
        "ACME-1001 acme-1001/silent-drop/facts: failure fail",
        "ACME-1001 acme-1001/reconnects/facts: passed",
        "ACME-1002 acme-1002/scrape-fast: error inconclusive",
        "ACME-1002 acme-1002/scrape/facts: passed",
        "ACME-1003 acme-1003/spans-orphaned: error marginal",
        "ACME-1003 acme-1003/trace/facts: passed",
        "ACME-1004 acme-1004/writes-lost: error no-data",
        "ACME-1004 acme-1004/kill-database/facts: error error",
        "ACME-1005 acme-1005/rss-bounded: passed",
        "ACME-1005 acme-1005/soak/facts: passed",
        "acme-1005 acme-1005/slope-over-48-h: skipped",
        "run run/complete: error incomplete",
      ]
    `);
  });

  it('counts failures and errors on the root, skipped in its suite, and gives suites their time', () => {
    const root = parse(renderJunit(runs.failingRun()));
    expect(root.attributes).toMatchObject({ tests: '14', failures: '2', errors: '5' });
    const skipped = root.children.map(({ attributes }) => Number(attributes.skipped));
    expect(skipped.reduce((sum, count) => sum + count, 0)).toBe(1);
    const suite = root.children.find(({ attributes }) => attributes.name === 'acme-1001');
    expect(suite?.attributes).toMatchObject({ tests: '4', time: '246.5', timestamp: '2026-09-17T10:04:31.000Z' });
  });

  it("counts a check's time once, with its facts: a promise is judged from what ran anyway", () => {
    const run = runs.failingRun();
    const all = cases(renderJunit(run));
    const timeOf = (name: string) => all.find(({ attributes }) => attributes.name === name)?.attributes.time;
    expect([timeOf('acme-1001/silent-drop-found'), timeOf('acme-1001/silent-drop/facts')]).toEqual(['0', '182.4']);
    const total = all.reduce((sum, { attributes }) => sum + Number(attributes.time), 0);
    expect(total).toBeCloseTo(run.checks.reduce((sum, check) => sum + check.duration_ms, 0) / 1000, 3);
  });

  it('gives a failure its reason and the command that repeats it', () => {
    const failed = cases(renderJunit(runs.failingRun())).find(
      ({ attributes }) => attributes.name === 'acme-1001/silent-drop-found',
    );
    expect(failed?.children[0]?.attributes.message).toContain('max 60.004 s, limit ≤ 60 s');
    expect(failed?.children[0]?.text).toContain('rerun: npm run regression -- --check acme-1001/silent-drop');
  });

  it('keeps the message of a failure to 1,000 characters and the body whole', () => {
    const run = runs.failingRun();
    const reason = `1 of 3 broken: ${'x'.repeat(15_000)} the end`;
    const scope = { ...run.scope, missing: [reason] };
    const all = cases(renderJunit({ ...run, scope, gates: run.gates.map((gate) => ({ ...gate, reason })) }));
    const bad = all.flatMap(({ children }) => children).filter(({ name }) => name === 'failure' || name === 'error');
    expect(bad).toHaveLength(7);
    for (const { attributes, text } of bad) {
      expect(attributes.message?.length).toBeLessThanOrEqual(1000);
      expect(text).toContain('the end');
    }
  });

  it('tells in its suite of a gate that is flaky and of pairs that were made again, and nowhere else', () => {
    const suites = parse(renderJunit(runs.doubtfulRun())).children;
    const properties = suites.flatMap(({ attributes, children }) =>
      children
        .filter(({ name }) => name === 'properties')
        .flatMap(({ children: each }) =>
          each.map((one) => [attributes.name, one.attributes.name, one.attributes.value]),
        ),
    );
    expect(properties).toEqual([
      ['acme-1001', 'flaky.acme-1001/reconnects-soon', 'it passed and failed on this very commit'],
      ['acme-1002', 'voided.acme-1002/scrape', expect.stringContaining('1 pair made again')],
    ]);
  });

  it('is all green for a complete run that passes', () => {
    const root = parse(renderJunit(runs.passingRun()));
    expect(root.attributes).toMatchObject({ tests: '13', failures: '0', errors: '0' });
  });

  it('is not green for a run that was killed, though its gates pass', () => {
    expect(outcomes(renderJunit(runs.killedRun()))).toContain('run run/complete: error incomplete');
  });

  it('is not green for a run in which nothing was judged', () => {
    expect(outcomes(renderJunit(runs.emptyRun()))).toEqual(['run run/verdict: error no-data']);
  });

  it('holds hostile text as text', () => {
    const all = cases(renderJunit(runs.hostileRun()));
    expect(all).toHaveLength(14);
    expect(all[0]?.children[0]?.text).toContain('</script><script>alert(1)</script>');
    expect(renderJunit(runs.hostileRun())).not.toMatch(/\[31m|\u202e/);
  });

  it('stays well-formed whatever the text', () => {
    for (const text of [']]>]]>]]>', ']]\u0000>', '\udc00\ud800', '<![CDATA[', '&nbsp;', '\ufffe\uffff', '']) {
      const run = runs.passingRun();
      const gates = run.gates.map((gate) => ({
        ...gate,
        verdict: 'fail' as const,
        reason: text,
        rerun: text,
        says: text,
      }));
      expect(cases(renderJunit({ ...run, gates }))).toHaveLength(13);
    }
  });
});
