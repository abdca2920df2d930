/** Requests of the history that are alike but for one parameter: what tells their pages apart in a cache is that alone. */
import { agentOf } from '../../fixtures/evaluation-data/fill-tables.ts';
import { REGIONS } from '../../fixtures/evaluation-data/parameters.ts';
import type { KnownEvaluation } from './right-page.ts';

export type Query = Readonly<Record<string, string>>;

const [region, otherRegion] = REGIONS;
const AGENT = agentOf(1);

/** For each parameter two requests that differ in it alone. */
export function requestPairs(all: readonly KnownEvaluation[]): [Query, Query][] {
  const ofAgent = all.filter(
    ({ agent_id, region: one, status }) => agent_id === AGENT && one === region && status === 'completed',
  );
  /** The millisecond after the n-th newest. */
  const after = (n: number) => new Date(Number((ofAgent[n] as KnownEvaluation).created_us / 1_000n) + 1).toISOString();
  const whole = {
    agent_id: AGENT,
    region,
    status: 'completed',
    from: after(30),
    to: after(5),
    limit: '10',
    offset: '2',
  };
  const cursorOf = ({ created_us, id }: KnownEvaluation) =>
    Buffer.from(JSON.stringify([String(created_us), id])).toString('base64url');
  const [third, eighth] = [ofAgent[2], ofAgent[7]] as [KnownEvaluation, KnownEvaluation];
  const others: Query[] = [
    { agent_id: agentOf(2) },
    { region: otherRegion },
    { status: 'failed' },
    { from: after(10) },
    { to: after(8) },
    { limit: '11' },
    { offset: '3' },
  ];
  return [
    ...others.map((other): [Query, Query] => [whole, { ...whole, ...other }]),
    [{ agent_id: AGENT }, {}],
    [
      { agent_id: AGENT, cursor: cursorOf(third) },
      { agent_id: AGENT, cursor: cursorOf(eighth) },
    ],
  ];
}
