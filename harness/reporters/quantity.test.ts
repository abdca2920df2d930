import { describe, expect, it } from 'vitest';
import {
  baselineText,
  detectableText,
  durationText,
  intervalText,
  limitText,
  measuredText,
  quantity,
} from './quantity.ts';
import { gate, guardrailGate } from './run.fixture.ts';

describe('quantity', () => {
  it.each([
    [0, 'ms', '0 ms'],
    [0, 's', '0 s'],
    [0.25, 'us', '0.25 µs'],
    [412, 'ms', '412 ms'],
    [999, 'ms', '999 ms'],
    [1000, 'ms', '1 s'],
    [41_234, 'ms', '41.2 s'],
    [119_000, 'ms', '119 s'],
    [120_000, 'ms', '2 min'],
    [172_800, 's', '48 h'],
    [-1500, 'ms', '-1.5 s'],
    [999, 'bytes', '999 B'],
    [1000, 'bytes', '1 kB'],
    [200_000_000, 'bytes', '200 MB'],
    [0.00012, 'fraction', '0.012 %'],
    [12_345, 'count', '12,345'],
    [7.12345, 'events_per_s', '7.123 events per s'],
  ])('%d %s is %s', (value, unit, text) => {
    expect(quantity(value, unit)).toBe(text);
  });

  it('never rounds a value onto the one beside it', () => {
    expect(quantity(60_004, 'ms', 60_000)).toBe('60.004 s');
    expect(quantity(60_000, 'ms', 60_000)).toBe('60 s');
    expect(quantity(0.0010001, 'fraction', 0.001)).toBe('0.10001 %');
  });

  it('shares the scale of the value beside it while they can be compared', () => {
    expect(quantity(412_000, 'ms', 60_000)).toBe('412 s');
    expect(quantity(6_000_000, 'ms', 60_000)).toBe('6,000 s');
    expect(quantity(6_060_000, 'ms', 60_000)).toBe('101 min');
  });
});

describe('intervalText', () => {
  const estimate = { value: 3, low: 2, high: 4, samples: 9 };
  it('shows an open side and leaves out an interval that is the value itself', () => {
    const one = gate({ unit: 'ms', limit: 10 });
    expect(intervalText(one, estimate)).toBe('[2 ms, 4 ms]');
    expect(intervalText(one, { ...estimate, low: null, high: null })).toBe('(−∞, ∞)');
    expect(intervalText(one, { ...estimate, low: 3, high: 3 })).toBeUndefined();
    expect(intervalText(one, { ...estimate, value: null })).toBeUndefined();
  });
});

describe('measuredText', () => {
  it('puts the statistic where it reads best', () => {
    const estimate = { value: 3, low: 3, high: 3, samples: 9 };
    expect(measuredText(gate({ statistic: 'p95' }), estimate)).toBe('p95 3 ms');
    expect(
      measuredText(gate({ statistic: 'share-above', threshold: 5000, limit: 0.5 }), { ...estimate, value: 0.12 }),
    ).toBe('12 % over 5 s');
    expect(measuredText(gate(), undefined)).toBe('no samples');
  });

  it('says of a count what was counted, of how many, and how many are allowed', () => {
    const estimate = { value: 0, low: 0, high: 0, samples: 48 };
    const away = gate({ statistic: 'count-above', threshold: 30_000, limit: 0 });
    expect(`${measuredText(away, estimate)} (${limitText(away)})`).toBe('0 of 48 over 30 s (0 allowed)');
    const channels = gate({ ...away, measure: 'channels_missing', unit: 'channels', threshold: 0 });
    expect(measuredText(channels, estimate)).toBe('0 of 48 channels missing');
    expect(baselineText({ ...channels, baseline: { ...estimate, value: 48 } })).toBe('48 of 48');
    expect(
      measuredText(gate({ ...away, measure: 'flaws', unit: 'flaws', threshold: 0 }), { ...estimate, samples: 4270 }),
    ).toBe('0 of 4,270 flaws');
  });

  it('says of facts how many there were, and on the baseline how many of them were seen', () => {
    const facts = gate({
      kind: 'facts',
      statistic: 'facts-broken',
      limit: 0,
      candidate: { value: 0, low: 0, high: 0, samples: 9 },
    });
    expect(`${measuredText(facts, facts.candidate)} (${limitText(facts)})`).toBe('0 of 9 broken (0 allowed)');
    const seen = (value: number, samples: number) =>
      baselineText({ ...facts, baseline: { value, low: value, high: value, samples } });
    expect(seen(2, 9)).toBe('2 of 9 broken');
    expect(seen(0, 4)).toBe('0 of 4 broken, 4 of 9 seen');
  });

  it.each([
    ['<=', 3, '3 allowed'],
    ['<', 3, 'fewer than 3 allowed'],
    ['>=', 3, '3 or more needed'],
    ['>', 3, 'more than 3 needed'],
  ] as const)('the limit of a count %s %d reads: %s', (operator, limit, text) => {
    expect(limitText(gate({ statistic: 'count-above', threshold: 0, operator, limit }))).toBe(text);
  });

  it('writes a guardrail as a change with its sign', () => {
    const change = { value: 0.032, low: -0.01, high: 0.0501, samples: 32 };
    const one = { ...guardrailGate(), minimumDetectable: 0.12 };
    expect(measuredText(one, change)).toBe('p95 +3.2 %');
    expect(intervalText(one, change)).toBe('[-1 %, +5.01 %]');
    expect(limitText(one)).toBe('≤ +5 %');
    expect(limitText({ ...one, operator: '>=', limit: -0.05 })).toBe('≥ -5 %');
    expect(detectableText(one)).toBe('+12 %');
    expect(detectableText({ ...one, minimumDetectable: null })).toBe('nothing with so few pairs');
    expect(detectableText(gate())).toBeUndefined();
  });
});

it.each([
  [0, '0 ms'],
  [59_949, '59.9 s'],
  [59_950, '1 min 0 s'],
  [552_000, '9 min 12 s'],
  [172_800_000, '48 h 0 min'],
])('%d ms lasts %s', (duration_ms, text) => {
  expect(durationText(duration_ms)).toBe(text);
});
