import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { certificateSchema } from '../schema/certificate.ts';
import { Place } from './command.fixture.ts';

describe('prove --judge --quick', () => {
  test('certifies the judge, tells of its steps, and keeps the figures', { timeout: 240_000 }, async () => {
    const place = new Place();
    const { code, stdout, stderr } = await place.run(['prove', '--judge', '--quick']);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('\nCERTIFIED (--quick') });
    expect(stderr).toMatch(/^power, 32 pairs: 0 of /m);

    const kept = certificateSchema.parse(JSON.parse(readFileSync(join(place.output, 'certificate.json'), 'utf8')));
    expect(kept).toMatchObject({ quick: true, met: true });
    const held = kept.figures.filter(({ met }) => met === true);
    expect([...new Set(held.map(({ promise }) => promise))]).toEqual([
      'closed',
      'repeatable',
      'early',
      'power',
      'false alarms',
      'noise floor',
      'slope',
    ]);
    // Simpler rules cry wolf on the same data: that is what the judge's care is for.
    const simpler = kept.figures.filter(({ of }) => /^a (plain threshold|z test)/.test(of));
    expect(simpler).toHaveLength(4);
    for (const { measured } of simpler) expect(Number.parseFloat(measured)).toBeGreaterThan(5);
  });
});

test('prove without saying what is a usage error', async () => {
  expect(await new Place().run(['prove'])).toMatchObject({ code: 254, stderr: expect.stringContaining('--judge') });
});

test('prove into a folder that cannot be is told before any work', async () => {
  const place = new Place();
  writeFileSync(place.output, '');
  expect(await place.run(['prove', '--judge', '--quick'])).toMatchObject({
    code: 254,
    stdout: '',
    stderr: expect.stringMatching(/^error: .*reports/),
  });
});
