/** Events under cuts: what is committed while connections and services are cut must reach every dashboard, once and in order. */
import { login } from '../../fixtures/api-client.ts';
import { channelsOf } from '../../fixtures/audience.ts';
import { CommitLedger, type LedgerEntry } from '../../fixtures/commit-ledger.ts';
import { EvaluationFlow } from '../../fixtures/evaluation-flow.ts';
import { dashboard } from '../../fixtures/stacks/dashboard.ts';
import type { Viewer } from '../../fixtures/viewer.ts';
import { check } from '../../harness/checks/check.ts';
import { forkRandom } from '../../harness/random/random.ts';
import { planCuts } from './cut-plan.ts';
import { Cutter, type Seat, settle, takeSeat } from './seats.ts';
import { dueOn, weigh, weighForCertain } from './weigh.ts';

const AGENTS = ['alpha', 'beta', 'gamma'] as const;
/** Committed before the first cut, to see that without cuts nothing is missing. */
const EVENTS_BEFORE = 100;
/** Committed under cuts, at the least: what the promise asks for. */
const EVENTS_UNDER_CUTS = 2_000;
/** How long a viewer that stays connected may be without what was committed, on however busy a machine. */
const KEEP_UP_MS = 15_000;
/** How long after the last commit events may still arrive. */
const CATCH_UP_MS = 30_000;

check(
  'tars-1001/events-under-cuts',
  {
    lane: 'functional',
    stack: dashboard,
    measures: { flaws: 'flaws' },
    facts: [
      'until the first cut every viewer got all that was committed',
      'before each cut every viewer that was connected had all that was committed',
      'every submitted evaluation was committed',
      'at least 20 cuts hit live connections',
      'nothing arrived that was never committed',
      'no viewer was told of a gap',
      'no service ended by itself',
    ],
    timeout_ms: 180_000,
  },
  async ({ stack, random, signal, observe, fact }) => {
    await using ends = new AsyncDisposableStack();
    // A stream each: how draws of one interleave with those of another must not change either.
    const [ofCuts, ofFlow, ofSeats] = [forkRandom(random), forkRandom(random), forkRandom(random)];
    const plan = planCuts(ofCuts);
    const token = await login(stack, 'operator');
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
        const due = first + Math.ceil((EVENTS_UNDER_CUTS * index) / (plan.length - 1));
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
    fact('at least 20 cuts hit live connections', cutter.hits >= 20, `${cutter.hits}: ${cutter.evidence}`);
    fact('nothing arrived that was never committed', unknown === 0, `${unknown} arrivals`);
    const ownEnds = [stack.api, stack.engine].flatMap((service) => service.ownEnds);
    fact('no service ended by itself', ownEnds.length === 0, ownEnds.join(', '));
  },
);

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
