import { describe, expect, test } from 'vitest';
import { forkRandom, seededRandom } from '../../harness/random/random.ts';
import { planEvents, planPath, SPELLS, type SpellLaw, VIEWING_MS } from './viewing-model.ts';

const DRAWS = 100_000;
const MINUTE_MS = 60_000;

/** Shares of spells above 1, 5 and 10 minutes, by each law's own formula with a mean of 2 minutes. */
const TAILS: Record<SpellLaw, (minutes: number) => number> = {
  exponential: (minutes) => Math.exp(-minutes / 2),
  weibull: (minutes) => Math.exp(-Math.sqrt(minutes)),
  pareto: (minutes) => (2 / 3 / minutes) ** 1.5,
};

describe.each(Object.keys(SPELLS) as SpellLaw[])('spells of law %s', (law) => {
  test.each([1, 5, 10])('exceed %i minutes as often as the law says', (minutes) => {
    const random = seededRandom(1);
    let above = 0;
    for (let draw = 0; draw < DRAWS; draw += 1) above += Number(SPELLS[law](random()) > minutes * MINUTE_MS);
    const share = TAILS[law](minutes);
    // Six standard errors.
    expect(Math.abs(above / DRAWS - share)).toBeLessThan(6 * Math.sqrt((share * (1 - share)) / DRAWS));
  });

  test('place events in order within the viewing, the same for the same seed', () => {
    const events = planEvents(law, seededRandom(2));
    expect(events).toEqual(planEvents(law, seededRandom(2)));
    expect(events).toEqual([...events].sort((a, b) => a - b));
    expect(events.every((at_ms) => at_ms >= 0 && at_ms < VIEWING_MS)).toBe(true);
  });
});

describe('paths', () => {
  const seeds = seededRandom(3);
  const paths = Array.from({ length: DRAWS }, () => planPath(forkRandom(seeds)));
  const outages = paths.flatMap(({ outage }) => (outage === undefined ? [] : [outage]));

  test('bear 5 to 10 minutes of silence', () => {
    const limits = paths.map(({ idle }) => idle.limit_ms);
    expect(limits.filter((limit_ms) => limit_ms < 5 * MINUTE_MS || limit_ms >= 10 * MINUTE_MS)).toEqual([]);
    const middle = limits.filter((limit_ms) => limit_ms < 7.5 * MINUTE_MS).length;
    expect(Math.abs(middle / DRAWS - 0.5)).toBeLessThan(0.01);
  });

  test('one in twenty has an outage, which is over when the viewing is', () => {
    expect(Math.abs(outages.length / DRAWS - 0.05)).toBeLessThan(0.005);
    expect(outages.filter(({ at_ms, length_ms }) => at_ms + length_ms > VIEWING_MS + 1e-6)).toEqual([]);
  });

  test('half of all ends are silent', () => {
    const silent = paths.filter(({ idle }) => idle.how === 'silence').length;
    expect(Math.abs(silent / DRAWS - 0.5)).toBeLessThan(0.01);
    const silentOutages = outages.filter(({ how }) => how === 'silence').length;
    expect(Math.abs(silentOutages / outages.length - 0.5)).toBeLessThan(0.05);
  });
});
