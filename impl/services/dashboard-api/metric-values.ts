/** `GET /api/v1/metric-values` and `…/summary`: a metric's series in a region, or its summary over all regions. */
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { regionPattern } from '../jobs.ts';
import { isPostgresAway } from '../postgres.ts';
import type { Authentication } from './authentication.ts';
import { askOf } from './problem-details.ts';
import { boundedSpan, type SpanQuery, spanProperties } from './time-span.ts';

/** The newest ones of the span. */
const points_max = 1_000;

interface SummaryRow {
  count: string;
  minimum: number | null;
  maximum: number | null;
  mean: number | null;
}

const name = { type: 'string', pattern: '^[a-zA-Z_:][a-zA-Z0-9_:]{0,99}$' };
const nullable = { type: ['number', 'null'] };

const schemas = {
  series: {
    summary: `The newest ${points_max} values of a metric in a region; of the last day unless a span is given`,
    querystring: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'region'],
      properties: { name, region: { type: 'string', pattern: regionPattern }, ...spanProperties },
    },
    response: {
      200: {
        type: 'object',
        properties: {
          values: {
            type: 'array',
            items: {
              type: 'object',
              properties: { recordedAt: { type: 'string', format: 'date-time' }, value: { type: 'number' } },
            },
          },
        },
      },
    },
  },
  summary: {
    summary: 'A metric over all regions; of the last day unless a span is given',
    querystring: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: { name, ...spanProperties },
    },
    response: {
      200: {
        type: 'object',
        properties: { count: { type: 'integer' }, minimum: nullable, maximum: nullable, mean: nullable },
      },
    },
  },
};

interface MetricValuesOptions {
  readonly postgres: Pick<Pool, 'query'>;
  readonly authentication: Authentication;
}

/** Of columns that the index holds, so that the table need not be read. */
export const seriesText = `SELECT recorded_at, value FROM metrics
WHERE name = $1 AND region = $2 AND recorded_at >= $3 AND recorded_at < $4 ORDER BY recorded_at DESC LIMIT ${points_max}`;

export const metricSummaryText = `SELECT count(*) AS count, min(value) AS minimum, max(value) AS maximum, avg(value) AS mean
FROM metrics WHERE name = $1 AND recorded_at >= $2 AND recorded_at < $3`;

export function registerMetricValues(server: FastifyInstance, { postgres, authentication }: MetricValuesOptions): void {
  const onRequest = authentication.require('viewer');

  server.get<{ Querystring: SpanQuery & { name: string; region: string } }>(
    '/api/v1/metric-values',
    { schema: schemas.series, onRequest },
    async ({ query }) => {
      const { from, to } = boundedSpan(query);
      const values = [query.name, query.region, from, to];
      const { rows } = await askOf(
        'PostgreSQL',
        isPostgresAway,
        postgres.query<{ recorded_at: Date; value: number }>({ name: 'metric-series', text: seriesText, values }),
      );
      return { values: rows.map(({ recorded_at, value }) => ({ recordedAt: recorded_at.toISOString(), value })) };
    },
  );

  server.get<{ Querystring: SpanQuery & { name: string } }>(
    '/api/v1/metric-values/summary',
    { schema: schemas.summary, onRequest },
    async ({ query }) => {
      const { from, to } = boundedSpan(query);
      const { rows } = await askOf(
        'PostgreSQL',
        isPostgresAway,
        postgres.query<SummaryRow>({
          name: 'metric-summary',
          text: metricSummaryText,
          values: [query.name, from, to],
        }),
      );
      const { count, ...figures } = rows[0] as SummaryRow;
      return { count: Number(count), ...figures };
    },
  );
}
