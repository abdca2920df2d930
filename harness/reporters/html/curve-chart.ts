/** A measure over what it was measured at, such as a size or a rate, on both arms: a line chart, and a table for reading. */
import { html } from 'htm/preact';
import type { CurveReport, Run } from '../../schema/run.ts';
import { counted, number, quantity, unitsAt } from '../quantity.ts';
import { apart } from './labels.ts';
import { Anchor, checkAnchor, Section } from './parts.ts';
import { type Axis, axisOf, decadesOf, spaced } from './scale.ts';

const WIDTH = 520;
const HEIGHT = 230;
const LEFT = 120;
const RIGHT = 420;
const TOP = 12;
const BOTTOM = 190;
/** Room that a text of the axis below takes: 10,000,000. */
const TICK_PX = 84;
/** More than this would make the page larger than a browser likes. */
const MOST_CHARTS = 100;

type Arms = Run['provenance']['arms'];

export function Curves({ run }: { run: Run }) {
  if (run.curves.length === 0) return null;
  const charts = [
    ...Map.groupBy(run.curves, ({ check, measure, over }) => JSON.stringify([check, measure, over])).values(),
  ];
  return html`<${Section} id="curves" title="Over size and load">
    ${charts.length > MOST_CHARTS && html`<p class="quiet">Drawn are the first ${number(MOST_CHARTS, 15)} of ${counted(charts.length, 'curve')}; run.json has all.</p>`}
    ${charts.slice(0, MOST_CHARTS).map((curves) => html`<${Chart} curves=${curves} arms=${run.provenance.arms} />`)}
  </${Section}>`;
}

interface ChartProps {
  /** Of one check, measure and unit; an arm each. */
  curves: readonly CurveReport[];
  arms: Arms;
}

function Chart({ curves, arms }: ChartProps) {
  const { check, measure, over } = curves[0] as CurveReport;
  return html`<figure class="curve">
    <figcaption>${measure} over ${over}, of <${Anchor} id=${checkAnchor(check)}>${check}</${Anchor}></figcaption>
    <div class="beside"><${Drawing} curves=${curves} arms=${arms} /><${Points} curves=${curves} arms=${arms} /></div>
  </figure>`;
}

function Drawing({ curves, arms }: ChartProps) {
  const { measure, unit, over } = curves[0] as CurveReport;
  const places = axis(
    curves.flatMap(({ points }) => points.map(({ at }) => at)),
    over,
  );
  const values = axis(
    curves.flatMap(({ points }) => points.map(({ p50 }) => p50)),
    unit,
  );
  const x = (at: number) => round(LEFT + (RIGHT - LEFT) * places.at(at));
  const y = (value: number) => round(BOTTOM - (BOTTOM - TOP) * values.at(value));
  const ends = apart(curves.map(({ points }) => y(points.at(-1)?.p50 ?? 0)));
  const told = curves.map((curve) => inWords(curve, arms)).join(' ');
  return html`<svg class="drawing" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
    <title>Median of ${measure} over ${over}${scalesOf(places, values)}. ${told}</title>
    <path class="grid" d=${values.ticks.map((tick) => `M${LEFT} ${y(tick)}H${RIGHT}`).join('')} />
    ${values.ticks.map((tick) => html`<text class="tick y" x=${LEFT - 6} y=${y(tick) + 4}>${quantity(tick, unit)}</text>`)}
    ${spaced(places.ticks, x, TICK_PX).map((tick) => html`<text class="tick" x=${x(tick)} y=${BOTTOM + 18}>${number(tick, 15)}</text>`)}
    <text class="tick" x=${(LEFT + RIGHT) / 2} y=${BOTTOM + 36}>${over}${scalesOf(places, values)}</text>
    ${curves.map(
      (
        { arm, points },
        i,
      ) => html`<polyline class="line ${arm}" points=${points.map(({ at, p50 }) => `${x(at)},${y(p50)}`).join(' ')} />
        ${points.map(({ at, p50 }) => html`<circle class="dot ${arm}" cx=${x(at)} cy=${y(p50)} r="3.5" />`)}
        <text class="end ${arm}" x=${x(points.at(-1)?.at ?? 0) + 8} y=${(ends[i] as number) + 4}>${short(arms[arm])}</text>`,
    )}
  </svg>`;
}

function Points({ curves, arms }: ChartProps) {
  const { check, measure, unit, over } = curves[0] as CurveReport;
  const places = [...new Set(curves.flatMap(({ points }) => points.map(({ at }) => at)))].sort((a, b) => a - b);
  const isAlone = curves.every(({ points }) => points.every(({ samples }) => samples === 1));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of ${measure} over ${over}, of ${check}"><table>
    <thead><tr><th scope="col">${over}</th>${curves.map(({ arm }) => html`<th scope="col">${arms[arm]}</th>`)}</tr></thead>
    <tbody>${places.map(
      (place) => html`<tr>
        <th scope="row">${number(place, 15)}</th>
        ${curves.map(
          ({ points }) =>
            html`<td class="n">${pointText(
              points.find(({ at }) => at === place),
              unit,
              isAlone,
            )}</td>`,
        )}
      </tr>`,
    )}</tbody>
  </table></div>`;
}

/** `p50 0.42 ms, p95 0.8 ms, 101 samples`; the value alone where no point has more than one. */
function pointText(point: CurveReport['points'][number] | undefined, unit: string, isAlone: boolean): string {
  if (point === undefined) return '–';
  const median = quantity(point.p50, unit);
  if (isAlone) return median;
  const samples = counted(point.samples, 'sample');
  return point.samples === 1 ? `${median}, ${samples}` : `p50 ${median}, p95 ${quantity(point.p95, unit)}, ${samples}`;
}

/** The line in words: what a reader would take from it. */
function inWords({ arm, unit, over, points }: CurveReport, arms: Arms): string {
  const told = points.map(({ at, p50 }) => `${quantity(p50, unit)} at ${number(at, 15)}`).join(', ');
  return `${arms[arm]} (${arm}): ${told} ${over}.`;
}

/** Of decades where all is above 0 and far apart: what grows with the size is a straight line there, whatever the power. */
function axis(values: readonly number[], unit: string): Axis {
  return decadesOf(values) ?? axisOf(values, unitsAt(Math.max(...values.map(Math.abs)), unit));
}

function scalesOf(places: Axis, values: Axis): string {
  if (places.logarithmic && values.logarithmic) return ', both scales logarithmic';
  if (places.logarithmic) return ', logarithmic scale';
  return values.logarithmic ? ', values on a logarithmic scale' : '';
}

function short(release: string): string {
  return release.length > 14 ? `${release.slice(0, 13)}…` : release;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
