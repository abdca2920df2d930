/** How long single queries take a release on its own connection: one after the other, values drawn anew for each. */
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { apiKeyOf } from '../../fixtures/evaluation-data/fill-tables.ts';
import {
  AGENT_TYPES,
  DATA_END,
  DAYS,
  type DataSize,
  METRIC_NAMES,
  REGIONS,
} from '../../fixtures/evaluation-data/parameters.ts';
import { type DrawnPage, drawPages, queryOf } from '../../fixtures/load/evaluation-pages.ts';
import { historyText } from '../../impl/baseline/database/evaluation-history.ts';
import { type PageQuery, pageRequestOf } from '../../impl/database/page-request.ts';
import { pageStatement } from '../../impl/database/page-statement.ts';
import type { ReleaseName } from '../../impl/releases.ts';
import { hashOf, userOfApiKeyText } from '../../impl/services/api-keys.ts';
import { stateOfAgentText, statesOfTypeText } from '../../impl/services/dashboard-api/agent-states.ts';
import { metricSummaryText, seriesText } from '../../impl/services/dashboard-api/metric-values.ts';
import type { Value } from './listed-queries.ts';

interface Query {
  readonly name: string;
  readonly text: string;
  readonly values: readonly Value[];
}

type Draw = () => Query;

/** The measures of the check, with the query that each draws. */
export function queriesOf(release: ReleaseName, size: DataSize, random: () => number) {
  const one = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)] as T;
  const upTo = (count: number) => 1 + Math.floor(random() * count);
  const pages = drawPages(size, random);
  const agentId = () => one(pages).agentId;
  const day = () => {
    const to = new Date(DATA_END.getTime() - Math.floor(random() * (DAYS - 1)) * 86_400_000);
    return [new Date(to.getTime() - 86_400_000), to];
  };
  const metric = () => `metric_${upTo(METRIC_NAMES)}`;
  return {
    evaluation_query_ms: () => pageQuery(one(pages), release),
    agent_state_query_ms: () =>
      random() < 0.5
        ? { name: 'state-of-agent', text: stateOfAgentText, values: [agentId(), one(REGIONS)] }
        : { name: 'states-of-type', text: statesOfTypeText, values: [one(AGENT_TYPES)] },
    metric_query_ms: () =>
      random() < 0.5
        ? { name: 'metric-series', text: seriesText, values: [metric(), one(REGIONS), ...day()] }
        : { name: 'metric-summary', text: metricSummaryText, values: [metric(), ...day()] },
    key_lookup_ms: () => ({
      name: 'user-of-api-key',
      text: userOfApiKeyText,
      values: [hashOf(apiKeyOf(upTo(size.apiKeys)))],
    }),
  } as const satisfies Record<string, Draw>;
}

/** As the release asks for it. */
export function pageQuery(page: DrawnPage, release: ReleaseName): Query {
  if (release === 'v1.0.0') return { name: 'history', text: historyText, values: [page.agentId] };
  const query: PageQuery = Object.fromEntries(new URLSearchParams(queryOf(page, release)));
  return pageStatement(pageRequestOf(query));
}

export interface TimedQueries {
  readonly most: number;
  /** Ends after this time with fewer, so that a release that reads all of a table is done in time too. */
  readonly most_ms: number;
}

/** From handing the query to the driver until its rows are there. The first, whose plans are made, are not counted. */
export async function timesOf(client: pg.ClientBase, draw: Draw, { most, most_ms }: TimedQueries): Promise<number[]> {
  const ask = async () => {
    const { name, text, values } = draw();
    const began_ms = performance.now();
    await client.query({ name, text, values: [...values] });
    return performance.now() - began_ms;
  };
  // PostgreSQL decides on a generic plan at the sixth execution.
  for (let turn = 0; turn < 6; turn += 1) await ask();
  const times_ms: number[] = [];
  const end_ms = performance.now() + most_ms;
  while (times_ms.length < most && performance.now() < end_ms) times_ms.push(await ask());
  return times_ms;
}
