import { describe, expect, it } from 'vitest';
import { axisOf, decadesOf, linearAxis, spaced } from './scale.ts';

describe('axisOf', () => {
  it('is linear with values up to twenty times apart, and logarithmic beyond', () => {
    expect(axisOf([5, 100]).logarithmic).toBe(false);
    expect(axisOf([4.9, 100]).logarithmic).toBe(true);
  });

  it('has round ticks from zero to above the largest value', () => {
    expect(axisOf([60, 412]).ticks).toEqual([0, 100, 200, 300, 400, 500]);
  });

  it('has ticks that are round in the unit that is shown', () => {
    expect(axisOf([60_000, 300_000], 60_000).ticks.map((tick) => tick / 60_000)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('keeps the order of values on a logarithmic axis, and gives zero a place', () => {
    const { at, ticks } = axisOf([0, 3.1, 100, 41_200]);
    const places = [0, 3.1, 100, 41_200].map(at);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBe(0);
    expect(places.at(-1)).toBeLessThan(1);
    expect(ticks).toEqual([0, 1, 10, 100, 1000, 10_000]);
  });

  it.each([[[0]], [[0, 0]], [[-5, 5]], [[-0.001, 900]], [[1e300, 1]], [[]]])(
    'stays within the drawing for %j',
    (values) => {
      const { at, ticks } = axisOf(values);
      for (const value of [...values, ...ticks]) {
        expect(at(value)).toBeGreaterThanOrEqual(0);
        expect(at(value)).toBeLessThanOrEqual(1);
      }
      expect(ticks.length).toBeLessThan(20);
    },
  );
});

describe('linearAxis', () => {
  it('leaves zero out when tight', () => {
    expect(linearAxis([90, 110], { tight: true, count: 4 }).ticks[0]).toBe(90);
  });

  it('has a range for values that are all the same', () => {
    expect(linearAxis([7, 7], { tight: true }).at(7)).toBeLessThan(1);
  });
});

describe('decadesOf', () => {
  it('holds values from a decade apart on, and only those above 0', () => {
    expect(decadesOf([10, 100])?.ticks).toEqual([10, 100]);
    expect(decadesOf([10, 99])).toBeUndefined();
    expect(decadesOf([0, 99])).toBeUndefined();
    expect(decadesOf([-5, 99])).toBeUndefined();
  });

  it('has each tenfold as far from the one before, within the drawing', () => {
    const axis = decadesOf([0.5, 4, 40_000]);
    expect(axis?.ticks.map((tick) => axis.at(tick))).toEqual([0, 1 / 3, 2 / 3, 1]);
    expect(axis?.ticks).toEqual([0.1, 10, 1_000, 100_000]);
  });
});

describe('spaced', () => {
  it('leaves out ticks whose text would run into the one before', () => {
    expect(spaced([0, 9, 10, 19, 20], (value) => value, 10)).toEqual([0, 10, 20]);
  });
});
