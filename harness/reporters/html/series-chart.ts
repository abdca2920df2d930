/** A measure over time on both arms, as a line chart. */
import { html } from 'htm/preact';
import type { Run } from '../../schema/run.ts';
import { durationText, quantity, unitsAt } from '../quantity.ts';
import { apart } from './labels.ts';
import { Section } from './parts.ts';
import { linearAxis } from './scale.ts';

type Series = Run['series'][number];

const WIDTH = 720;
const HEIGHT = 220;
const LEFT = 76;
const RIGHT = 640;
const TOP = 12;
const BOTTOM = 190;
/** More points than this cannot be seen at this width. */
const MOST_POINTS = 400;

export function SeriesCharts({ run }: { run: Run }) {
  const drawable = run.series.filter((series) => series.points.length > 0);
  if (drawable.length === 0) return null;
  const charts = [...Map.groupBy(drawable, ({ measure, unit }) => JSON.stringify([measure, unit])).values()];
  return html`<${Section} id="series" title="Over time">
    ${charts.map((series) => html`<${Chart} series=${series} arms=${run.provenance.arms} />`)}
  </${Section}>`;
}

function Chart({ series, arms }: { series: Series[]; arms: Run['provenance']['arms'] }) {
  const { measure, unit } = series[0] as Series;
  const lines = series.map((one) => ({ arm: one.arm, release: arms[one.arm], points: thinned(one.points) }));
  const seconds = lines.map(({ points }) => points.at(-1)?.[0] ?? 0);
  const seen = lines.flatMap(({ points }) => extremes(points));
  const times = linearAxis(seconds, { units: unitsAt(Math.max(...seconds), 's') });
  const values = linearAxis(seen, { tight: true, count: 4, units: unitsAt(Math.max(...seen), unit) });
  const x = (seconds: number) => Math.round((LEFT + (RIGHT - LEFT) * times.at(seconds)) * 10) / 10;
  const y = (value: number) => Math.round((BOTTOM - (BOTTOM - TOP) * values.at(value)) * 10) / 10;
  const ends = apart(lines.map(({ points }) => y(points.at(-1)?.[1] ?? 0)));
  return html`<figure>
    <figcaption>${measure}</figcaption>
    <svg class="drawing" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
      <title>${measure} over time. ${lines.map((line) => describe(line, unit)).join(' ')}</title>
      <path class="grid" d=${values.ticks.map((tick) => `M${LEFT} ${y(tick)}H${RIGHT}`).join('')} />
      ${values.ticks.map((tick) => html`<text class="tick y" x=${LEFT - 6} y=${y(tick) + 4}>${quantity(tick, unit, values.ticks.at(-1))}</text>`)}
      ${times.ticks.map((tick) => html`<text class="tick" x=${x(tick)} y=${BOTTOM + 18}>${quantity(tick, 's', times.ticks.at(-1))}</text>`)}
      ${lines.map(
        (
          { arm, release, points },
          i,
        ) => html`<polyline class="line ${arm}" points=${points.map(([t, v]) => `${x(t)},${y(v)}`).join(' ')} />
          <text class="end ${arm}" x=${x(points.at(-1)?.[0] ?? 0) + 6} y=${(ends[i] as number) + 4}>${release.length > 14 ? `${release.slice(0, 13)}…` : release}</text>`,
      )}
    </svg>
    <p class="quiet">${lines.map((line) => describe(line, unit)).join(' ')}</p>
  </figure>`;
}

/** The line in words: what a reader would take from it. */
function describe(
  { arm, release, points }: { arm: string; release: string; points: Series['points'] },
  unit: string,
): string {
  const [low, high] = extremes(points) as [number, number];
  const [first, last] = [points[0]?.[1] ?? 0, points.at(-1)?.[1] ?? 0];
  const length = durationText((points.at(-1)?.[0] ?? 0) * 1000);
  return `${release} (${arm}): from ${quantity(first, unit)} to ${quantity(last, unit)} in ${length}, between ${quantity(low, unit)} and ${quantity(high, unit)}.`;
}

function extremes(points: Series['points']): number[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const [, value] of points) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** The lowest and the highest of each of equal slices, and both ends: a peak is never thinned away. */
function thinned(points: Series['points']): Series['points'] {
  if (points.length <= MOST_POINTS) return points;
  const slices = MOST_POINTS / 2 - 1;
  const kept = new Set([0, points.length - 1]);
  for (let slice = 0; slice < slices; slice++) {
    const from = Math.floor((slice * points.length) / slices);
    const to = Math.floor(((slice + 1) * points.length) / slices);
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      if (valueAt(points, i) < valueAt(points, low)) low = i;
      if (valueAt(points, i) > valueAt(points, high)) high = i;
    }
    kept.add(low).add(high);
  }
  return [...kept].toSorted((a, b) => a - b).map((i) => points[i] as Series['points'][number]);
}

function valueAt(points: Series['points'], i: number): number {
  return (points[i] as Series['points'][number])[1];
}
