/** How the samples behind a gate are spread on both arms: which share lies at or below a value, with its band and the limit. */
import { html } from 'htm/preact';
import type { DistributionReport, Gate, Run } from '../../schema/run.ts';
import { boundText, number, quantity, statisticText, unitsAt } from '../quantity.ts';
import { axisOf, linearAxis, spaced } from './scale.ts';

const WIDTH = 520;
const HEIGHT = 214;
const LEFT = 60;
const RIGHT = 485;
const TOP = 62;
const BOTTOM = 188;
const SHARES = [0, 25, 50, 75, 95];
/** Room that a tick's text takes. */
const TICK_PX = 64;

interface Curve {
  arm: DistributionReport['arm'];
  release: string;
  report: DistributionReport;
}

/** Nothing is drawn without a sample. */
export function DistributionDrawing({
  gate,
  distributions,
  arms,
}: {
  gate: Gate;
  distributions: readonly DistributionReport[];
  arms: Run['provenance']['arms'];
}) {
  // The candidate last, so that it lies on top.
  const curves = distributions.map((report): Curve => ({ arm: report.arm, release: arms[report.arm], report }));
  const [first] = curves;
  if (first === undefined) return null;
  const { unit } = first.report;
  const line = lineOf(gate, distributions);
  const values = [
    ...curves.flatMap(({ report }) => report.quantiles.map(([, value]) => value)),
    ...(line ? [line.at] : []),
  ];
  const units = unitsAt(Math.max(...values.map(Math.abs)), unit);
  const wide = axisOf(values, units);
  const axis = wide.logarithmic ? wide : linearAxis(values, { tight: true, units });
  const x = (value: number) => round(LEFT + (RIGHT - LEFT) * axis.at(value));
  const y = (percent: number) => round(BOTTOM - ((BOTTOM - TOP) * percent) / 100);
  const ticks = spaced(axis.ticks, x, TICK_PX);
  const nearRight = line !== undefined && x(line.at) > (LEFT + RIGHT) / 2;
  return html`<svg class="drawing" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
    <title>${titleOf(gate, curves, line?.says)}${axis.logarithmic ? ' Logarithmic scale.' : ''}</title>
    <text x="0" y="13">Share of samples at or below</text>
    <${Legend} curves=${curves} />
    <path class="grid" d=${`${SHARES.map((share) => `M${LEFT} ${y(share)}H${RIGHT}`).join('')}${ticks.map((tick) => `M${x(tick)} ${TOP}V${BOTTOM}`).join('')}`} />
    ${SHARES.map((share) => html`<text class="tick y" x=${LEFT - 6} y=${y(share) + 4}>${share} %</text>`)}
    ${ticks.map((tick) => html`<text class="tick" x=${x(tick)} y=${BOTTOM + 16}>${quantity(tick, unit, axis.logarithmic ? undefined : axis.ticks.at(-1))}</text>`)}
    ${axis.logarithmic && html`<text class="tick log" x="0" y=${BOTTOM + 16}>log scale</text>`}
    ${curves.map(({ arm, report }) => html`<path class="band ${arm}" d=${bandPath(report, x, y)} />`)}
    ${curves.map(({ arm, report }) => html`<polyline class="line ${arm}" points=${report.quantiles.map(([percent, value]) => `${x(value)},${y(percent)}`).join(' ')} />`)}
    ${
      line &&
      html`<path class="limit" d="M${x(line.at)} ${TOP - 6}V${BOTTOM}" />
        <text class="limit" x=${nearRight ? x(line.at) + 4 : x(line.at) - 4} y=${TOP - 10} text-anchor=${nearRight ? 'end' : 'start'}>${line.says}</text>`
    }
  </svg>`;
}

function Legend({ curves }: { curves: Curve[] }) {
  return curves.toReversed().map(({ arm, release, report }, i) => {
    const left = 250 * i;
    const samples = `${number(report.samples, 15)} sample${report.samples === 1 ? '' : 's'}`;
    return html`<path class="line ${arm}" d="M${left} 26h24" /><text x=${left + 30} y="30">${release.length > 14 ? `${release.slice(0, 13)}…` : release}, ${samples}</text>`;
  });
}

/** Where the limit stands on the axis of samples: at the limit, at a count's threshold, or as far from the baseline as is let pass. */
function lineOf(gate: Gate, distributions: readonly DistributionReport[]): { at: number; says: string } | undefined {
  if (gate.kind === 'facts') return undefined;
  if (gate.kind !== 'guardrail') {
    if (gate.threshold === undefined) return { at: gate.limit, says: `limit: ${gate.statistic} ${boundText(gate)}` };
    return { at: gate.threshold, says: `${statisticText(gate)}: ${boundText(gate)}` };
  }
  const percent = Number(gate.statistic.slice(1));
  const baseline = distributions.find(({ arm }) => arm === 'baseline');
  const value = baseline?.quantiles.find(([at]) => at === percent)?.[1];
  if (value === undefined) return undefined;
  return { at: value * (1 + gate.limit), says: `limit: ${gate.statistic} of the baseline ${boundText(gate)}` };
}

/** Where each quantile may lie; nothing where no sample bounds it on one side. */
function bandPath(
  { quantiles }: DistributionReport,
  x: (value: number) => number,
  y: (percent: number) => number,
): string {
  const bounded = quantiles.flatMap(([percent, , low, high]) =>
    low === null || high === null ? [] : [{ low: `${x(low)} ${y(percent)}`, high: `${x(high)} ${y(percent)}` }],
  );
  if (bounded.length < 2) return '';
  return `M${[...bounded.map(({ low }) => low), ...bounded.map(({ high }) => high).toReversed()].join('L')}Z`;
}

/** What the drawing shows, for those who do not see it. */
function titleOf(gate: Gate, curves: readonly Curve[], limit: string | undefined): string {
  const seen = curves.toReversed().map(({ release, report: { quantiles, unit } }) => {
    const of = (percent: number) => quantity(quantiles.find(([at]) => at === percent)?.[1] ?? 0, unit);
    return `${release}: a twentieth up to ${of(5)}, half up to ${of(50)}, 95 % up to ${of(95)}`;
  });
  return `How ${gate.measure} is spread, with 95 % bands. ${seen.join('; ')}.${limit === undefined ? '' : ` Drawn besides: ${limit}.`}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
