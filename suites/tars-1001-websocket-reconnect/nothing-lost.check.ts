/** Events under cuts: what is committed while connections and services are cut must reach every dashboard, once and in order. */
import { channelsOf } from '../../fixtures/audience.ts';
import { CommitLedger, type LedgerEntry } from '../../fixtures/commit-ledger.ts';
import { EvaluationFlow } from '../../fixtures/evaluation-flow.ts';
import { longToken } from '../../fixtures/long-token.ts';
import { type DashboardOnOwnRedis, dashboardOnOwnRedis } from '../../fixtures/stacks/dashboard-own-redis.ts';
import type { Viewer } from '../../fixtures/viewer.ts';
import { check } from '../../harness/checks/check.ts';
import type { CheckContext } from '../../harness/checks/check-definition.ts';
import { forkRandom } from '../../harness/random/random.ts';
import { planCuts } from './cut-plan.ts';
import { Cutter, type Seat, settle, takeSeat } from './seats.ts';
import { dueOn, weigh, weighForCertain } from './weigh.ts';

const AGENTS = ['alpha', 'beta', 'gamma'] as const;
/** Committed before the first cut, to see that without cuts nothing is missing. */
const EVENTS_BEFORE = 100;
/** How long a viewer that stays connected may be without what was committed, on however busy a machine. */
const KEEP_UP_MS = 15_000;
/** How long after the last commit events may still arrive. */
const CATCH_UP_MS = 30_000;

const FACTS = [
  'until the first cut every viewer got all that was committed',
  'before each cut every viewer that was connected had all that was committed',
  'every submitted evaluation was committed',
  'enough cuts hit live connections',
  'nothing arrived that was never committed',
  'no viewer was told of a gap',
  'no service ended by itself',
] as const;
const measures = { flaws: 'flaws' } as const;
const options = { lane: 'waiting', stack: dashboardOnOwnRedis, measures, facts: FACTS } as const;
type Context = CheckContext<DashboardOnOwnRedis, (typeof FACTS)[number], typeof measures>;

/** How much happens: committed under cuts at the least, how often the plan is gone through, cuts that must hit. */
interface Size {
  readonly events: number;
  readonly times: number;
  readonly hits: number;
}

check('tars-1001/events-under-cuts', { ...options, timeout_ms: 300_000 }, (context) =>
  loseNothing(context, { events: 2_000, times: 1, hits: 20 }),
);

check('tars-1001/events-under-100-cuts', { ...options, from: 'nightly', timeout_ms: 1_800_000 }, (context) =>
  loseNothing(context, { events: 10_000, times: 5, hits: 100 }),
);

async function loseNothing({ stack, random, commonRandom, signal, observe, fact }: Context, size: Size): Promise<void> {
  await using ends = new AsyncDisposableStack();
  // A stream each: how draws of one interleave with those of another must not change either.
  const [ofCuts, ofFlow, ofSeats] = [forkRandom(commonRandom), forkRandom(commonRandom), forkRandom(random)];
  const plan = planCuts(ofCuts, size.times);
  const token = await longToken(stack, 'operator');
  const ledger = await CommitLedger.open(stack.postgresUrl);
  ends.defer(() => ledger.close());
  const seats: Seat[] = [];
  for (const agentId of [...AGENTS, ...AGENTS])
    seats.push(await takeSeat(stack, { token, agentId, random: forkRandom(ofSeats), signal }, ends));
  const cutter = new Cutter(stack, seats, signal);
  const flow = new EvaluationFlow({ services: stack, ledger, token, agents: AGENTS, random: ofFlow, signal });

  const arrive = async (due: readonly LedgerEntry[], patience_ms: number) => {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(patience_ms)]);
    const counts = countByChannel(due);
    await Promise.all(
      seats.map(({ viewer }) =>
        viewer.until(() => viewer.over || wasToldGap(viewer) || isComplete(viewer, counts), patience),
      ),
    );
    return weigh(seats, due);
  };

  const tellBehind = (behind: number) =>
    fact(
      'before each cut every viewer that was connected had all that was committed',
      behind === 0,
      `${behind} viewers without it for ${KEEP_UP_MS} ms`,
    );

  // A later replay would hide that a connected viewer is told nothing any more.
  const countBehind = async () => {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(KEEP_UP_MS)]);
    const counts = countByChannel(await ledger.entries());
    const keptUp = await Promise.all(
      seats.map(({ viewer }) =>
        viewer.until(() => !viewer.live || wasToldGap(viewer) || isComplete(viewer, counts), patience),
      ),
    );
    return keptUp.filter((kept) => !kept).length;
  };

  /** Of events under cuts, recorded as soon as nothing can mend them: who waits for a breach need not wait for the end. */
  const flawed = new Set<string>();
  const tellFlawed = async (first: number) => {
    const due = await ledger.entries();
    const { flaws } = weighForCertain(seats, due);
    const fresh = due.flatMap(({ id }, index) =>
      index < first || flaws[index] === 0 || flawed.has(id) ? [] : [{ id, count: flaws[index] as number }],
    );
    if (fresh.length > 0)
      observe(
        'flaws',
        fresh.map(({ count }) => count),
      );
    for (const { id } of fresh) flawed.add(id);
  };

  const cutWhileItFlows = async () => {
    await flow.reaches(EVENTS_BEFORE);
    const before = [...(await ledger.entries())];
    const { flaws } = await arrive(before, KEEP_UP_MS);
    fact(
      'until the first cut every viewer got all that was committed',
      before.length >= EVENTS_BEFORE && flaws.every((count) => count === 0),
      `${sum(flaws)} flaws in ${before.length} events`,
    );
    const first = await ledger.count();
    let behind = 0;
    for (const [index, planned] of plan.entries()) {
      // By commits, not by the clock: on any machine the last cut comes after as many events as the promise asks for.
      const due = first + Math.ceil((size.events * index) / (plan.length - 1));
      if (!(await flow.reaches(due))) break;
      await tellFlawed(first);
      if (behind === 0) {
        behind = await countBehind();
        if (behind > 0) tellBehind(behind);
      }
      await cutter.make(planned);
    }
    if (behind === 0) tellBehind(behind);
    await settle(seats, signal);
    const last = await ledger.count();
    flow.stop();
    return { first, last };
  };

  const [submitted, { first, last }] = await Promise.all([flow.run(), cutWhileItFlows()]);
  const due = await ledger.entries();
  const { flaws, unknown } = await arrive(due, CATCH_UP_MS);
  const gaps = seats.flatMap(({ viewer }) => viewer.gaps);
  // Only what was committed from the first cut until all were back from the last one was at risk.
  const untold = due.flatMap(({ id }, index) =>
    index < first || index >= last || flawed.has(id) ? [] : [flaws[index] as number],
  );
  observe('flaws', [...untold, ...gaps.map(() => 1)]);
  fact('no viewer was told of a gap', gaps.length === 0, `${gaps.length} gaps told`);
  fact(
    'every submitted evaluation was committed',
    due.length === submitted,
    `${due.length} committed, ${submitted} submitted`,
  );
  fact(
    'enough cuts hit live connections',
    cutter.hits >= size.hits,
    `${cutter.hits} of ${size.hits}: ${cutter.evidence}`,
  );
  fact('nothing arrived that was never committed', unknown === 0, `${unknown} arrivals`);
  const ownEnds = [stack.api, stack.engine].flatMap((service) => service.ownEnds);
  fact('no service ended by itself', ownEnds.length === 0, ownEnds.join(', '));
}

/** What it missed will not come any more, and is counted as it is: nothing is to be waited for. */
function wasToldGap(viewer: Viewer): boolean {
  return viewer.gaps.length > 0;
}

function countByChannel(due: readonly LedgerEntry[]): ReadonlyMap<string, number> {
  const channels = new Set(AGENTS.flatMap((agentId) => channelsOf(agentId)));
  return new Map([...channels].map((channel) => [channel, dueOn(channel, due).length]));
}

/** Whether as much has arrived on each channel as was due; which, and in what order, is for `weigh`. */
function isComplete(viewer: Viewer, counts: ReadonlyMap<string, number>): boolean {
  return viewer.channels.every(
    (channel) => (viewer.received.get(channel)?.length ?? 0) >= (counts.get(channel) ?? Number.POSITIVE_INFINITY),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
