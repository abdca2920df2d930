/** Which page of the history a query asks for, told without a database: all rows in memory, filtered and counted off. */
import type pg from 'pg';

export interface KnownEvaluation {
  readonly id: string;
  readonly agent_id: string;
  readonly region: string;
  readonly status: string;
  /** Microseconds since 1970. */
  readonly created_us: bigint;
}

/** Every evaluation, newest first, those of one moment by id. */
export async function allEvaluations(client: pg.ClientBase): Promise<KnownEvaluation[]> {
  const { rows } = await client.query<Omit<KnownEvaluation, 'created_us'> & { created_us: string }>(
    `SELECT id, agent_id, region, status, (extract(epoch FROM created_at) * 1000000)::bigint::text AS created_us
     FROM evaluations`,
  );
  const known = rows.map((row) => ({ ...row, created_us: BigInt(row.created_us) }));
  return known.sort((a, b) => Number(b.created_us - a.created_us) || (a.id < b.id ? 1 : -1));
}

/** The ids on the page that a query asks for, which the API has taken as valid. */
export function rightPage(all: readonly KnownEvaluation[], query: Readonly<Record<string, string>>): string[] {
  const { agent_id, region, status, from, to, limit = '100', offset = '0', cursor } = query;
  const us = (moment: string) => BigInt(new Date(moment).getTime()) * 1_000n;
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const shown = all.filter(
    (one) =>
      (agent_id === undefined || one.agent_id === agent_id) &&
      (region === undefined || one.region === region) &&
      (status === undefined || one.status === status) &&
      (from === undefined || one.created_us >= us(from)) &&
      (to === undefined || one.created_us < us(to)) &&
      (after === undefined ||
        one.created_us < after.created_us ||
        (one.created_us === after.created_us && one.id < after.id)),
  );
  return shown.slice(Number(offset), Number(offset) + Number(limit)).map(({ id }) => id);
}

function readCursor(text: string): Pick<KnownEvaluation, 'created_us' | 'id'> {
  const [created_us, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [string, string];
  return { created_us: BigInt(created_us), id: id.toLowerCase() };
}
