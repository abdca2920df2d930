/** A herd: all dashboards lose their server at once, and come back to it when it has been started again. */
import { setTimeout as delay } from 'node:timers/promises';
import { channelsOf } from '../../fixtures/audience.ts';
import { Crowd } from '../../fixtures/crowd/crowd.ts';
import type { MemberReport } from '../../fixtures/crowd/crowd-child.ts';
import { requirePunctual } from '../../fixtures/crowd/punctual.ts';
import { listenQueueLosses } from '../../fixtures/listen-queue.ts';
import { processorTime_ms } from '../../fixtures/processor-time.ts';
import { queueEvaluation } from '../../fixtures/queued-evaluation.ts';
import { dashboard } from '../../fixtures/stacks/dashboard.ts';
import { turnAway } from '../../fixtures/turning-away.ts';
import { check } from '../../harness/checks/check.ts';
import { busiestRate_per_s } from './busiest-rate.ts';

const AGENT = 'herd';
const CLIENTS = { smoke: 1_000, standard: 1_000, nightly: 10_000 } as const;
/** Clients' own work must not be what is measured: no process has more than 2,500 of them. */
const PROCESSES = { smoke: 2, standard: 2, nightly: 4 } as const;
/** The most that four waits, of up to 1, 2, 4 and 8 s, can take: every client is then at the longest one. */
const REFUSED_MS = 15_000;
/** As long as the longest wait: see the promise `tars-1001/herd-patience`. */
const TURNED_AWAY_MS = 15_000;
/** Longer than the limit, so that a client that does not come back is seen to be over it. */
const WATCH_MS = 45_000;
const CAPACITY_MS = 4_000;
/** How late the clients' own processes may be. */
const LAG_MS_MAX = 250;
/** Shorter than a herd without jitter takes to connect, long enough to hold more than a handful of clients. */
const WINDOW_MS = 250;

check(
  'tars-1001/herd',
  {
    lane: 'timing',
    stack: dashboard,
    from: 'standard',
    arms: ['candidate'],
    measures: { caught_up_ms: 'ms', attempts: 'attempts', offered_share: 'share' },
    facts: [
      'the attempts that clients made are those that came',
      'every client was live, and noticed that the server was gone',
      'every client was away when the server came back',
      'no connection was lost to a full listen queue, as far as the kernel tells',
      'no client was told of a gap',
      'the capacity of the server was measured',
      'no service ended by itself',
    ],
    timeout_ms: 420_000,
  },
  async ({ stack, profile, reaper, signal, observe, fact }) => {
    const count = CLIENTS[profile];
    const lossesBefore = await listenQueueLosses();
    const crowd = await Crowd.gather(stack, {
      count,
      processes: PROCESSES[profile],
      channels: channelsOf(AGENT),
      reaper,
      signal,
    });
    try {
      await stack.api.kill();
      // What each of them misses, and must have when it has caught up.
      const missed = await queueEvaluation(stack, AGENT);
      await delay(REFUSED_MS, undefined, { signal });
      const turningAway = await turnAway(stack.api.address);
      const turnedAwayFrom_ms = Date.now();
      await delay(TURNED_AWAY_MS, undefined, { signal });
      const turnedAwayUntil_ms = Date.now();
      await turningAway.close();
      const waiting = crowd.catchUp(missed, WATCH_MS);
      await stack.api.start();
      const listening_ms = stack.api.readyAt_ms;
      await waiting;
      const { members, lag_ms } = await crowd.report();
      requirePunctual("99 % of the turns of the clients' processes", [lag_ms], LAG_MS_MAX);
      const losses = await listenQueueLosses();

      const cpuBefore_ms = await processorTime_ms(stack.api);
      const handshakes = await crowd.shakeHands(CAPACITY_MS);
      const cpu_ms = (await processorTime_ms(stack.api)) - cpuBefore_ms;
      // By its processor time: a machine that is busy, or a crowd that is slow, must not make the server look small.
      const capacity_per_s = handshakes / (cpu_ms / 1_000);
      fact(
        'the capacity of the server was measured',
        handshakes > 0,
        `${handshakes} handshakes in ${CAPACITY_MS} ms took ${cpu_ms.toFixed(0)} ms of processor time: ${capacity_per_s.toFixed(0)} a second on a whole core`,
      );

      const t0 = new Date(listening_ms);
      const caughtUp = members.map(({ caughtUp_ms }) => (caughtUp_ms ?? listening_ms + WATCH_MS) - listening_ms);
      observe('caught_up_ms', caughtUp, { t0 });
      const within = (from_ms: number, until_ms: number) => (at_ms: number) => at_ms >= from_ms && at_ms < until_ms;
      const attempts = members.map(
        ({ begun_ms }) => begun_ms.filter(within(turnedAwayFrom_ms, turnedAwayUntil_ms)).length,
      );
      observe('attempts', attempts, { t0: new Date(turnedAwayFrom_ms) });
      const offered = members.flatMap(({ begun_ms }) => begun_ms.filter((at_ms) => at_ms >= listening_ms));
      observe('offered_share', [busiestRate_per_s(offered, WINDOW_MS) / capacity_per_s], { t0 });

      // The server listens before it says so.
      const afterwards = members.flatMap(({ begun_ms }) => begun_ms.filter((at_ms) => at_ms >= turnedAwayUntil_ms));
      const begun = attempts.reduce((sum, one) => sum + one, 0);
      const accepted = turningAway.accepted();
      // Whoever came back began a connection to do so: a count that says otherwise has missed them.
      fact(
        'the attempts that clients made are those that came',
        accepted > 0 && begun >= accepted && afterwards.length >= count,
        `${begun} begun and ${accepted} accepted while sent away; ${afterwards.length} of at least ${count} afterwards`,
      );

      record(members, fact);
      fact(
        'no connection was lost to a full listen queue, as far as the kernel tells',
        losses?.overflows === lossesBefore?.overflows && losses?.drops === lossesBefore?.drops,
        losses === undefined
          ? `the kernel of ${process.platform} does not tell`
          : `${losses.overflows - (lossesBefore?.overflows ?? 0)} overflows, ${losses.drops - (lossesBefore?.drops ?? 0)} drops`,
      );
      const ownEnds = [stack.api, stack.engine].flatMap((service) => service.ownEnds);
      fact('no service ended by itself', ownEnds.length === 0, ownEnds.join(', '));
    } finally {
      await crowd.disperse();
    }

    function record(members: readonly MemberReport[], tell: typeof fact): void {
      const dropped = members.filter(({ drops }) => drops > 0).length;
      tell('every client was live, and noticed that the server was gone', dropped === count, `${dropped} of ${count}`);
      const early = members.filter(
        ({ caughtUp_ms }) => caughtUp_ms !== undefined && caughtUp_ms < stack.api.readyAt_ms,
      ).length;
      tell('every client was away when the server came back', early === 0, `${early} had caught up before it listened`);
      const gaps = members.reduce((sum, member) => sum + member.gaps, 0);
      tell('no client was told of a gap', gaps === 0, `${gaps} gaps told`);
    }
  },
);
