/** A gate as a drawing: the limit, the side that keeps it, and both arms with their intervals. */
import { html } from 'htm/preact';
import type { Estimate, Gate, Run } from '../../schema/run.ts';
import {
  boundText,
  detectableText,
  intervalText,
  measuredText,
  noiseFloorText,
  quantity,
  unitOf,
  unitsAt,
} from '../quantity.ts';
import { type Axis, axisOf } from './scale.ts';

const WIDTH = 720;
const LEFT = 92;
const RIGHT = 700;
const TOP = 22;
const LANE = 26;

/** Nothing is drawn when neither arm has a value. */
export function IntervalDrawing({ gate, arms }: { gate: Gate; arms: Run['provenance']['arms'] }) {
  const lanes = [
    { name: arms.candidate, kind: 'candidate', estimate: gate.candidate },
    ...(gate.baseline === undefined ? [] : [{ name: arms.baseline, kind: 'baseline', estimate: gate.baseline }]),
  ];
  const noise = [gate.noiseFloor, gate.minimumDetectable].map((one) => one ?? null);
  const values = [...lanes.flatMap(({ estimate }) => [estimate.value, estimate.low, estimate.high]), ...noise].filter(
    isNumber,
  );
  if (lanes.every(({ estimate }) => estimate.value === null)) return null;
  const largest = Math.max(...[...values, gate.limit].map(Math.abs));
  const axis = axisOf([...values, gate.limit], unitsAt(largest, unitOf(gate), gate.limit));
  const x = (value: number) => round(LEFT + (RIGHT - LEFT) * axis.at(value));
  const rows = lanes.length + noise.filter(isNumber).length;
  const bottom = TOP + LANE * rows;
  const limit = x(gate.limit);
  const below = gate.operator.startsWith('<');
  const nearRight = limit > (LEFT + RIGHT) / 2;
  return html`<svg class="drawing" viewBox="0 0 ${WIDTH} ${bottom + 24}" role="img">
    <title>${titleOf(gate, lanes)}${axis.logarithmic ? ' Logarithmic scale.' : ''}</title>
    <rect class="kept" x=${below ? LEFT : limit} y=${TOP} width=${round(below ? limit - LEFT : RIGHT - limit)} height=${bottom - TOP} />
    <${Ticks} gate=${gate} axis=${axis} x=${x} bottom=${bottom} />
    ${lanes.map((lane, i) => html`<${Lane} ...${lane} x=${x} y=${TOP + LANE * (i + 0.5)} />`)}
    <${NoiseRows} gate=${gate} x=${x} from=${lanes.length} />
    <path class="limit" d="M${limit} ${TOP - 4}V${bottom}" />
    <text class="limit" x=${nearRight ? limit + 4 : limit - 4} y="13" text-anchor=${nearRight ? 'end' : 'start'}>limit ${boundText(gate)}</text>
  </svg>`;
}

function Lane({
  name,
  kind,
  estimate,
  x,
  y,
}: {
  name: string;
  kind: string;
  estimate: Estimate;
  x: (v: number) => number;
  y: number;
}) {
  const { value, low, high } = estimate;
  const label = html`<text x="0" y=${y + 4}>${name.length > 14 ? `${name.slice(0, 13)}…` : name}</text>`;
  if (value === null) return html`${label}<text class="none" x=${LEFT + 6} y=${y + 4}>no samples</text>`;
  const from = low === null ? LEFT : x(low);
  const to = high === null ? RIGHT : x(high);
  const cap = (at: number, open: boolean, out: number) =>
    open ? `M${at - 5 * out} ${y - 5}L${at} ${y}L${at - 5 * out} ${y + 5}` : `M${at} ${y - 5}v10`;
  const line = from === to ? '' : `M${from} ${y}H${to}${cap(from, low === null, -1)}${cap(to, high === null, 1)}`;
  const at = x(value);
  const point =
    kind === 'candidate' ? `M${at - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0` : `M${at - 6} ${y}l6 -6l6 6l-6 6z`;
  return html`${label}<path class="interval ${kind}" d=${line} /><path class=${kind} d=${point} />`;
}

/** Of a guardrail: from where to where a release seems to differ from itself, and the change that would be called. */
function NoiseRows({ gate, x, from }: { gate: Gate; x: (v: number) => number; from: number }) {
  const { noiseFloor, minimumDetectable } = gate;
  const y = (row: number) => TOP + LANE * (from + row + 0.5);
  const rows = [];
  if (isNumber(noiseFloor)) {
    const [left, right] = [noiseFloor, 1 / (1 + noiseFloor) - 1].map(x).toSorted((a, b) => a - b) as [number, number];
    rows.push(html`<text x="0" y=${y(0) + 4}>noise floor</text>
      <rect class="floor" x=${left} y=${y(0) - 6} width=${round(Math.max(1, right - left))} height="12" />`);
  }
  if (isNumber(minimumDetectable)) {
    const [at, row] = [x(minimumDetectable), y(rows.length)];
    rows.push(html`<text x="0" y=${row + 4}>called from</text><path class="detectable" d="M${at} ${row - 6}v12" />`);
  }
  return rows;
}

function Ticks({ gate, axis, x, bottom }: { gate: Gate; axis: Axis; x: (v: number) => number; bottom: number }) {
  let last = Number.NEGATIVE_INFINITY;
  const spaced = axis.ticks.filter((tick) => {
    if (x(tick) - last < 64) return false;
    last = x(tick);
    return true;
  });
  return html`<path class="grid" d=${`M${LEFT} ${bottom}H${RIGHT}${spaced.map((tick) => `M${x(tick)} ${TOP}V${bottom}`).join('')}`} />
    ${spaced.map((tick) => html`<text class="tick" x=${x(tick)} y=${bottom + 15}>${quantity(tick, unitOf(gate), axis.logarithmic ? undefined : gate.limit || axis.ticks.at(-1))}</text>`)}
    ${axis.logarithmic && html`<text class="tick log" x="0" y=${bottom + 15}>log scale</text>`}`;
}

/** What the drawing shows, for those who do not see it. */
function titleOf(gate: Gate, lanes: { name: string; estimate: Estimate }[]): string {
  const seen = lanes.map(({ name, estimate }) => {
    const interval = intervalText(gate, estimate);
    return `${name}: ${measuredText(gate, estimate)}${interval === undefined ? '' : ` ${interval}`}`;
  });
  const floor = isNumber(gate.noiseFloor) ? ` Noise floor ${noiseFloorText(gate)}.` : '';
  const detectable = isNumber(gate.minimumDetectable) ? ` Called from ${detectableText(gate)} on.` : '';
  return `Limit ${boundText(gate)}. ${seen.join('; ')}.${floor}${detectable}`;
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number';
}

function round(position: number): number {
  return Math.round(position * 10) / 10;
}
