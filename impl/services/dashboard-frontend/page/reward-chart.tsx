/** The agents' rewards, evaluation by evaluation: a line each, and the same in words for whoever does not see it. */
import { useMemo } from 'react';
import type { Evaluation } from './evaluations.ts';
import { type Chart, chartOf, SERIES_MAX, type Series } from './reward-series.ts';

const WIDTH = 720;
const HEIGHT = 200;
const MARGIN = 8;
const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

export function RewardChart({ evaluations }: { readonly evaluations: readonly Evaluation[] }) {
  const chart = useMemo(() => chartOf(evaluations), [evaluations]);
  return (
    <section className="card" aria-labelledby="rewards">
      <h2 id="rewards">Reward by agent</h2>
      {chart.series.length === 0 ? <p className="quiet">Nothing to draw yet.</p> : <Drawing chart={chart} />}
    </section>
  );
}

function Drawing({ chart: { series, least, most } }: { readonly chart: Chart }) {
  const range = `from ${number.format(least)} to ${number.format(most)}`;
  return (
    <figure>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Rewards of ${series.length} agents, ${range}`}>
        {series.map(({ agentId, points }, index) => (
          <Line key={agentId} className={`line-${index}`} points={points} />
        ))}
      </svg>
      <figcaption>
        Oldest left, newest right; {range}. At most {SERIES_MAX} agents, those evaluated last.
        <ul>
          {series.map(({ agentId, last, mean }, index) => (
            <li key={agentId} className={`line-${index}`}>
              {agentId}: {number.format(last)} last, {number.format(mean)} on average
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

function Line({ className, points }: { readonly className: string; readonly points: Series['points'] }) {
  const placed = points.map(({ x, y }) => [
    Math.round(MARGIN + x * (WIDTH - 2 * MARGIN)),
    Math.round(HEIGHT - MARGIN - y * (HEIGHT - 2 * MARGIN)),
  ]);
  const [x, y] = placed.at(-1) ?? [];
  return (
    <g className={className}>
      <polyline points={placed.join(' ')} />
      <circle r="4" cx={x} cy={y} />
    </g>
  );
}
