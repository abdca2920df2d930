import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Discovered } from '../checks/discover.ts';
import { gate } from '../reporters/run.fixture.ts';
import { Place } from './command.fixture.ts';
import { reasonsByWaivers } from './gate.ts';
import { readWaivers } from './waivers.ts';

const NOON = Date.parse('2026-06-15T12:00:00Z');
const discovered = {
  promises: [
    { id: 'acme-1/fast', kind: 'absolute' },
    { id: 'acme-1/back', kind: 'fix' },
  ],
  checks: [{ id: 'acme-1/drop', options: { from: 'smoke' } }],
} as unknown as Discovered;
let file: string;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'waivers-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  file = join(folder, 'waivers.yaml');
});

function read(text: string) {
  writeFileSync(file, text);
  return readWaivers(file, discovered, NOON);
}
const entry = (gateId: string, expires = '2026-06-15') =>
  `- gate: ${gateId}\n  owner: Ada\n  reason: being mended\n  expires: ${expires}\n`;

describe('waivers', () => {
  test('there are none without a file, in an empty one and in one of comments', () => {
    expect(readWaivers(file, discovered, NOON)).toEqual([]);
    expect([read(''), read('# none\n'), read('[]')]).toEqual([[], [], []]);
  });

  test('are of promises and of facts, and hold on their last day', () => {
    expect(read(entry('acme-1/fast') + entry('acme-1/drop/facts'))).toEqual([
      { gate: 'acme-1/fast', owner: 'Ada', reason: 'being mended', expires: '2026-06-15' },
      { gate: 'acme-1/drop/facts', owner: 'Ada', reason: 'being mended', expires: '2026-06-15' },
    ]);
  });

  test.each([
    ['has expired', entry('acme-1/fast', '2026-06-14'), /waiver of acme-1\/fast expired on 2026-06-14.*Ada/],
    ['is of no gate', entry('acme-1/fats'), /unknown gate "acme-1\/fats": did you mean "acme-1\/fast"/],
    ['is of a fix', entry('acme-1/back'), /acme-1\/back is a fix/],
    ['is there twice', entry('acme-1/fast') + entry('acme-1/fast'), /acme-1\/fast is waived twice/],
    ['has no owner', '- gate: acme-1/fast\n  reason: x\n  expires: 2026-12-31\n', /owner/],
    ['ends on no day', entry('acme-1/fast', 'never'), /expires/],
    ['is no YAML', '- gate: [', /a list of waivers was expected/],
    ['is no list', 'gate: acme-1/fast', /a list of waivers was expected/],
    ['refers to others over and over', `- &a ${'x'}\n- [*a, *a]`, /a list of waivers was expected/],
  ])('one that %s is refused', (_, text, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) }),
    );
  });

  test('all that is wrong is told at once', () => {
    expect(() => read(entry('acme-1/back') + entry('acme-1/fast', '2026-06-14'))).toThrow(/is a fix.*\n.*expired/);
  });
});

test('one that was valid when the run began lets no release through once it has expired', () => {
  const gates = [gate({ verdict: 'fail', waived: { owner: 'Ada', reason: 'x', expires: '2026-06-14' } })];
  expect(reasonsByWaivers({ gates }, Date.parse('2026-06-14T23:59:59.999Z'))).toEqual([]);
  expect(reasonsByWaivers({ gates }, Date.parse('2026-06-15T00:00:00Z'))).toEqual([
    expect.stringContaining('expired on 2026-06-14'),
  ]);
});

test('the command lets a waived gate go, says so, and names what failed', async () => {
  const place = new Place();
  const config = place.product('fact("ok", false);');
  mkdirSync(join(dirname(config), 'suites'));
  writeFileSync(join(dirname(config), 'suites/waivers.yaml'), entry('p/check/facts', '9999-12-31'));
  const { code, stdout } = await place.run(['regression', '--config', config, '--profile', 'smoke']);
  expect(stdout).toContain('PASS (1 waived) ·');
  expect(stdout).toContain('p/check/facts waived until 9999-12-31 by Ada: being mended');
  expect(code).toBe(0);
});
