/** The newest evaluations, as a table. */
import { memo } from 'react';
import { type Evaluation, KEPT_MAX } from './evaluations.ts';

interface EvaluationListProps {
  readonly evaluations: readonly Evaluation[];
  readonly isLoading: boolean;
}

const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' });
const reward = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

const Row = memo(function Row({ evaluation }: { readonly evaluation: Evaluation }) {
  return (
    <tr data-evaluation={evaluation.id}>
      <td>
        <time dateTime={evaluation.createdAt}>{time.format(new Date(evaluation.createdAt))}</time>
      </td>
      <td>{evaluation.agentId}</td>
      <td>{evaluation.region}</td>
      <td className={evaluation.status}>{evaluation.status}</td>
      <td className="number">{evaluation.reward === null ? '–' : reward.format(evaluation.reward)}</td>
      <td className="number">{evaluation.episodes}</td>
    </tr>
  );
});

export function EvaluationList({ evaluations, isLoading }: EvaluationListProps) {
  const nothing = isLoading ? 'Loading…' : 'No evaluation has been settled yet.';
  return (
    <section className="card">
      <h2 id="evaluations">Evaluations</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="scroll" aria-labelledby="evaluations" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Settled</th>
              <th scope="col">Agent</th>
              <th scope="col">Region</th>
              <th scope="col">Status</th>
              <th scope="col" className="number">
                Reward
              </th>
              <th scope="col" className="number">
                Episodes
              </th>
            </tr>
          </thead>
          <tbody>
            {evaluations.map((evaluation) => (
              <Row key={evaluation.id} evaluation={evaluation} />
            ))}
          </tbody>
        </table>
        {evaluations.length === 0 && <p className="quiet">{nothing}</p>}
      </section>
      {evaluations.length === KEPT_MAX && <p className="quiet">The newest {KEPT_MAX}.</p>}
    </section>
  );
}
