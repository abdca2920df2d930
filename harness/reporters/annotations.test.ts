import { describe, expect, it } from 'vitest';
import { renderAnnotations } from './annotations.ts';
import * as runs from './run.fixture.ts';

const lines = (text: string) => text.split('\n').slice(0, -1);

describe('annotations', () => {
  it('there are none of a run that passes', () => {
    expect(renderAnnotations(runs.passingRun())).toBe('');
  });

  it('are an error for what fails and a warning for what is not known, with reason and rerun', () => {
    const gates = [
      runs.gate({ verdict: 'inconclusive' }),
      runs.gate({ id: 'acme-1/b', verdict: 'fail', reason: '5 > 3' }),
    ];
    const told = lines(renderAnnotations({ ...runs.passingRun(), gates, verdict: 'fail' }));
    expect(told[0]).toMatch(/^::error title=fail%3A acme-1\/b::.*%0A5 > 3%0Arerun: npm run regression/);
    expect(told[1]).toMatch(/^::warning title=inconclusive%3A acme-1001\/silent-drop-found::/);
    expect(told).toHaveLength(2);
  });

  it.each([
    [10, 10, false],
    [11, 10, true],
  ])('of %i gates %i lines are written: GitHub drops more', (count, most, saysMore) => {
    const gates = Array.from({ length: count }, (_, n) => runs.gate({ id: `acme-1/g${n}`, verdict: 'fail' }));
    const told = lines(renderAnnotations({ ...runs.passingRun(), gates, verdict: 'fail' }));
    expect(told).toHaveLength(most);
    expect(told.at(-1)?.includes('2 more gates do not pass')).toBe(saysMore);
  });

  it('hostile text ends no command and begins none', () => {
    const gates = [runs.gate({ verdict: 'fail', id: 'a/b,c:d', reason: 'x\n::set-env name=PATH::y\r\n100%' })];
    const told = lines(renderAnnotations({ ...runs.passingRun(), gates, verdict: 'fail' }));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('title=fail%3A a/b%2Cc%3Ad::');
    expect(told[0]).toContain('x%0A::set-env name=PATH::y%0D%0A100%25');
  });

  it('a run that is not known for a reason that no gate shows is told', () => {
    const run = runs.passingRun();
    const scope = { ...run.scope, complete: false, missing: ['check acme-1/a did not end'] };
    const told = renderAnnotations({ ...run, scope, verdict: 'no-data' });
    expect(told).toBe('::error title=The run::check acme-1/a did not end\n');
  });
});
