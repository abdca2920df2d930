/** What one gate measured in the runs before and in this one: a point a run, the limit, and where the values begin to be others. */
import { html } from 'htm/preact';
import type { HistoryReport } from '../../schema/history.ts';
import type { Gate } from '../../schema/run.ts';
import { VERDICTS } from '../../schema/verdict.ts';
import { boundText, counted, quantity, unitOf, unitsAt } from '../quantity.ts';
import { axisOf, linearAxis } from './scale.ts';

const WIDTH = 520;
const HEIGHT = 168;
const LEFT = 60;
const RIGHT = 505;
const TOP = 34;
const BOTTOM = 142;

interface Point {
  at: number;
  value: number;
}

/** Nothing is drawn of fewer than 2 values: one is no trend. */
export function TrendDrawing({ gate, history }: { gate: Gate; history: HistoryReport }) {
  const row = history.gates[gate.id];
  const points = (row?.values ?? []).flatMap((value, at): Point[] => (value === null ? [] : [{ at, value }]));
  if (row === undefined || points.length < 2) return null;
  const values = [...points.map(({ value }) => value), gate.limit];
  const unit = unitOf(gate);
  const units = unitsAt(Math.max(...values.map(Math.abs)), unit);
  const wide = axisOf(values, units);
  const axis = wide.logarithmic ? wide : linearAxis(values, { tight: true, count: 3, units });
  const x = (at: number) => round(LEFT + 8 + ((RIGHT - LEFT - 16) * at) / (row.values.length - 1));
  const y = (value: number) => round(BOTTOM - (BOTTOM - TOP) * axis.at(value));
  const ticks = spaced(axis.ticks, y);
  const place = ({ at, value }: Point) => `${x(at)},${y(value)}`;
  return html`<svg class="drawing" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
    <title>${titleOf(gate, history, points)}${axis.logarithmic ? ' Logarithmic scale.' : ''}</title>
    <text x="0" y="13">Measured in each run, oldest first; dashed: the limit ${boundText(gate)}</text>
    <path class="grid" d=${ticks.map((tick) => `M${LEFT} ${y(tick)}H${RIGHT}`).join('')} />
    ${ticks.map((tick) => html`<text class="tick y" x=${LEFT - 6} y=${y(tick) + 4}>${quantity(tick, unit, axis.logarithmic ? undefined : axis.ticks.at(-1))}</text>`)}
    <text class="tick log" x=${LEFT} y=${BOTTOM + 20}>${runsBefore(history)} ago</text>
    <text class="tick y" x=${RIGHT} y=${BOTTOM + 20}>this run</text>
    <path class="limit" d="M${LEFT} ${y(gate.limit)}H${RIGHT}" />
    ${row.changes.length > 0 && html`<path class="turn" d=${row.changes.map((at) => `M${x(at - 0.5)} ${TOP}V${BOTTOM}`).join('')} />`}
    <polyline class="line candidate" points=${points.map(place).join(' ')} />
    ${VERDICTS.map((verdict) => {
      const dots = points.filter(({ at }) => row.verdicts[at] === verdict);
      return (
        dots.length > 0 && html`<path class="dots v-${verdict}" d=${dots.map((dot) => `M${place(dot)}h0`).join('')} />`
      );
    })}
  </svg>`;
}

/** What the drawing shows, for those who do not see it. */
function titleOf(gate: Gate, history: HistoryReport, points: readonly Point[]): string {
  const text = ({ value }: Point) => quantity(value, unitOf(gate), gate.limit);
  const ordered = points.toSorted((a, b) => a.value - b.value);
  const [low, high, now] = [ordered[0], ordered.at(-1), points.at(-1)] as [Point, Point, Point];
  const changes = history.gates[gate.id]?.changes.length ?? 0;
  return `${counted(points.length, 'value')} from ${text(low)} to ${text(high)}, the last ${text(now)}; limit ${boundText(gate)}; ${counted(changes, 'change')} of the values.`;
}

function runsBefore({ runs }: HistoryReport): string {
  return counted(runs.length, 'run');
}

/** Ticks whose texts do not touch. */
function spaced(ticks: readonly number[], y: (value: number) => number): number[] {
  let last = Number.POSITIVE_INFINITY;
  return ticks.filter((tick) => {
    if (last - y(tick) < 18) return false;
    last = y(tick);
    return true;
  });
}

function round(position: number): number {
  return Math.round(position * 10) / 10;
}
