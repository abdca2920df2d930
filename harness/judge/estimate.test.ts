import { describe, expect, test } from 'vitest';
import { estimateOf, Pool } from './estimate.ts';
import { givenPromise, times } from './saved-run.fixture.ts';

const p50 = givenPromise({ statistic: 'p50', operator: '<', limit: 1 });
const share = givenPromise({ statistic: 'share-above', threshold: 5, operator: '<', limit: 0.5 });
/** Blocks of 20 samples each, within which all are alike. */
const alike = (blocks: number) => Array.from({ length: blocks }, (_, block) => times(20, block));
/** The same samples, spread over the blocks. */
const mixed = (blocks: number) =>
  Array.from({ length: blocks }, () => alike(blocks).map((block) => block[0] as number));

describe('samples that resemble each other within a block', () => {
  test('are worth fewer, and bound less', () => {
    const [own, spread] = [estimateOf(p50, new Pool([alike(20)])), estimateOf(p50, new Pool([mixed(20)]))];
    expect(own).toMatchObject({ value: 9, samples: 400, effective: 19 });
    expect(spread).toMatchObject({ value: 9, samples: 400 });
    expect(spread).not.toHaveProperty('effective');
    expect((own.high as number) - (own.low as number)).toBeGreaterThan(
      (spread.high as number) - (spread.low as number),
    );
  });

  test('widen the interval of a share too', () => {
    const [own, spread] = [estimateOf(share, new Pool([alike(20)])), estimateOf(share, new Pool([mixed(20)]))];
    expect(own.value).toBe(spread.value);
    expect(own.low as number).toBeLessThan(spread.low as number);
    expect(own.high as number).toBeGreaterThan(spread.high as number);
  });

  test('are taken one by one when there are too few blocks to tell', () => {
    expect(estimateOf(p50, new Pool([alike(9)]))).not.toHaveProperty('effective');
    expect(estimateOf(p50, new Pool([alike(10)]))).toHaveProperty('effective');
  });

  test('are compared by replicate where there are enough of them', () => {
    const replicates = alike(20).map((block) => [block.slice(0, 10), block.slice(10)]);
    expect(estimateOf(p50, new Pool(replicates)).effective).toBe(19);
  });
});
