/** What a request of the history costs the database, in processor time, against v1.0.0's beside it. */
import pg from 'pg';
import { drawPages, pageRequest } from '../../fixtures/load/evaluation-pages.ts';
import type { DashboardBesideReference } from '../../fixtures/stacks/dashboard-beside-reference.ts';
import { sessionTimes, takenBetween_ms } from '../../harness/components/postgres/processor-time.ts';
import { type Capacity, measureCapacity } from '../../harness/load/measure-capacity.ts';
import type { RunLoadOptions } from '../../harness/load/run-load.ts';
import { runLoad } from '../../harness/load/run-load.ts';
import type { Tally } from '../../harness/load/tally.ts';
import type { ReleaseName } from '../../impl/releases.ts';

/** Of v1.0.0's capacity: it must not be overloaded, or what it costs would be what its queue costs. */
const SHARE_OF_CAPACITY = 0.4;
const CAPACITY_MS = 3_000;
/** At v1.0.0's capacity it has all of its event loop and what it may of the database. */
const CONNECTIONS = 4;
/** The first is not counted: sessions begin in it, and make their plans. */
const TURNS = 3;
/** A few seconds at what v1.0.0 can on a machine of its own. */
const REQUESTS_A_TURN = 25;
/** The longest history of one agent takes v1.0.0 about a second. */
const TIMEOUT_MS = 10_000;

export interface DatabaseCost {
  readonly capacity: Capacity;
  readonly rate_per_s: number;
  /** The arm's processor time a request over v1.0.0's, the same requests on both. */
  readonly ratio: number;
  readonly reference: Turns;
  readonly arm: Turns;
}

/** Of the turns of one release that count. */
interface Turns {
  readonly cpu_ms_a_request: number;
  readonly tallies: readonly Tally[];
}

interface Turn {
  readonly cpu_ms: number;
  readonly tally: Tally;
}

/** Takes turns, the arm and v1.0.0 with the same requests one after the other. */
export async function databaseCost(
  stack: DashboardBesideReference,
  token: string,
  random: () => number,
  options: RunLoadOptions,
): Promise<DatabaseCost> {
  const [ofArm, ofReference] = [onlooker(stack.postgresUrl), onlooker(stack.referencePostgresUrl)];
  try {
    await Promise.all([ofArm.connect(), ofReference.connect()]);
    const pages = drawPages(stack.size, random);
    const seedOf = () => Math.floor(random() * 2 ** 31);
    const capacity = await measureCapacity(
      {
        origin: stack.reference.address,
        request: pageRequest(pages, 'v1.0.0', token),
        connections: CONNECTIONS,
        duration_ms: CAPACITY_MS,
        timeout_ms: TIMEOUT_MS,
        seed: seedOf(),
      },
      options,
    );
    const rate_per_s = SHARE_OF_CAPACITY * capacity.succeeded_per_s;
    const turn = async (client: pg.Client, origin: string, release: ReleaseName, seed: number): Promise<Turn> => {
      const before = await sessionTimes(client);
      const tally = await runLoad(
        {
          origin,
          request: pageRequest(pages, release, token),
          arrivals: { kind: 'fixed', rate_per_s },
          duration_ms: (1_000 * REQUESTS_A_TURN) / rate_per_s,
          timeout_ms: TIMEOUT_MS,
          connections: 10,
          seed,
          // Processor time does not depend on the moment of sending.
          lag_ms_max: 60_000,
        },
        options,
      );
      return { cpu_ms: takenBetween_ms(before, await sessionTimes(client)), tally };
    };
    const turns: { reference: Turn; arm: Turn }[] = [];
    for (let count = 0; count < TURNS; count += 1) {
      const seed = seedOf();
      const reference = await turn(ofReference, stack.reference.address, 'v1.0.0', seed);
      turns.push({ reference, arm: await turn(ofArm, stack.api.address, stack.release, seed) });
    }
    const counted = turns.slice(1);
    const reference = together(counted.map((one) => one.reference));
    const arm = together(counted.map((one) => one.arm));
    return { capacity, rate_per_s, ratio: arm.cpu_ms_a_request / reference.cpu_ms_a_request, reference, arm };
  } finally {
    await Promise.all([ofArm.end(), ofReference.end()]);
  }
}

function onlooker(connectionString: string): pg.Client {
  return new pg.Client({ connectionString, connectionTimeoutMillis: 5_000, query_timeout: 10_000 });
}

function costOf(turns: readonly Turn[]): number {
  const requests = turns.reduce((sum, { tally }) => sum + tally.scheduled, 0);
  return turns.reduce((sum, { cpu_ms }) => sum + cpu_ms, 0) / requests;
}

function together(turns: readonly Turn[]): Turns {
  return { cpu_ms_a_request: costOf(turns), tallies: turns.map(({ tally }) => tally) };
}
