/** The axis of a drawing: where a value stands, and which values are written on it. */

export type Axis = {
  /** From a value to a position between 0 and 1, bounded to that range. */
  at(value: number): number;
  ticks: number[];
  logarithmic: boolean;
};

/** Values further apart than this are drawn on a logarithmic axis. */
const FAR_APART = 20;

/**
 * An axis that holds all `values` with some room, and 0. A linear one has its ticks at round numbers of `units`.
 * Far apart, it is logarithmic above the smallest value and linear around 0 ("symlog"), so that a count of 0 has a place.
 */
export function axisOf(values: readonly number[], units = 1): Axis {
  const magnitudes = values.map(Math.abs).filter((value) => value > 0);
  const smallest = Math.min(...magnitudes);
  const largest = Math.max(...magnitudes);
  const logarithmic = magnitudes.length > 1 && largest / smallest > FAR_APART;
  return logarithmic ? logAxis(values, 10 ** Math.floor(Math.log10(smallest))) : linearAxis(values, { units });
}

/** A linear axis; `tight` leaves out 0 when the values are far from it. */
export function linearAxis(values: readonly number[], { tight = false, count = 5, units = 1 } = {}): Axis {
  let low = tight ? Math.min(...values) : Math.min(0, ...values);
  let high = tight ? Math.max(...values) : Math.max(0, ...values);
  if (!Number.isFinite(low) || !Number.isFinite(high) || low === high) {
    low = Number.isFinite(low) ? low : 0;
    high = low + (Math.abs(low) || 1);
  }
  const step = niceStep((high - low) / count / units) * units;
  low = Math.floor(low / step) * step;
  high = Math.ceil(high / step + 0.25) * step;
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) => tidy(low + i * step));
  return { at: (value) => bounded((value - low) / (high - low)), ticks, logarithmic: false };
}

function logAxis(values: readonly number[], unit: number): Axis {
  const warp = (value: number) => Math.sign(value) * Math.log10(1 + Math.abs(value) / unit);
  const low = Math.min(0, ...values.map(warp));
  const high = Math.max(0, ...values.map(warp)) * 1.06;
  const decades = Math.floor(Math.log10(Math.max(...values.map(Math.abs)) / unit) + 0.05);
  const stride = Math.max(1, Math.ceil(decades / 5));
  const ticks = [0];
  for (let decade = 0; decade <= decades; decade += stride) {
    const tick = tidy(unit * 10 ** decade);
    if (warp(tick) <= high) ticks.push(tick);
    if (-warp(tick) >= low) ticks.unshift(-tick);
  }
  return { at: (value) => bounded((warp(value) - low) / (high - low)), ticks, logarithmic: true };
}

/**
 * An axis of whole decades, without 0, for values that are a decade apart or more; undefined when they are not, or one of
 * them is not above 0.
 */
export function decadesOf(values: readonly number[]): Axis | undefined {
  const smallest = Math.min(...values);
  const largest = Math.max(...values);
  if (!(smallest > 0) || largest / smallest < 10) return undefined;
  const low = Math.floor(Math.log10(smallest) + 1e-9);
  const high = Math.ceil(Math.log10(largest) - 1e-9);
  const stride = Math.ceil((high - low) / 5);
  const ticks = [];
  for (let decade = low; decade <= high; decade += stride) ticks.push(tidy(10 ** decade));
  return { at: (value) => bounded((Math.log10(value) - low) / (high - low)), ticks, logarithmic: true };
}

/** Those of the ticks, ascending, whose texts of so many pixels have room beside each other. */
export function spaced(ticks: readonly number[], x: (value: number) => number, text_px: number): number[] {
  let last = Number.NEGATIVE_INFINITY;
  return ticks.filter((tick) => {
    if (x(tick) - last < text_px) return false;
    last = x(tick);
    return true;
  });
}

/** 1, 2 or 5 times a power of ten, not below `step`. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5, 10].find((factor) => factor * power >= step * 0.999) ?? 10;
  return factor * power;
}

/** Without the last digits that binary arithmetic leaves: 0.30000000000000004 is 0.3. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function bounded(position: number): number {
  return Number.isFinite(position) ? Math.min(1, Math.max(0, position)) : 0;
}
