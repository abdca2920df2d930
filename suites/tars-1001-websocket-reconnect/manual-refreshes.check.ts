/** Manual refreshes: how many of those who look at a dashboard for half an hour must reload it (VIEWING-MODEL.md). */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { login } from '../../fixtures/api-client.ts';
import type { EvaluationRecord } from '../../fixtures/commit-ledger.ts';
import { CommandedProcess } from '../../fixtures/crowd/commanded-process.ts';
import { requireOpenFiles } from '../../fixtures/crowd/open-files.ts';
import { requirePunctual } from '../../fixtures/crowd/punctual.ts';
import { claimsOf, forgeToken } from '../../fixtures/forged-token.ts';
import { dashboard } from '../../fixtures/stacks/dashboard.ts';
import { check } from '../../harness/checks/check.ts';
import { forkRandom } from '../../harness/random/random.ts';
import { RedisEventLog } from '../../impl/event-log/redis-event-log.ts';
import type { OnlookerCommands, Seen } from './onlookers-child.ts';
import { SPELLS, type SpellLaw, VIEWING_MS } from './viewing-model.ts';
import { AGENTS, type Agent, channelOf, ONLOOKERS_OF_AN_AGENT, planAgents } from './viewing-plan.ts';

const LAWS = Object.keys(SPELLS) as SpellLaw[];
/** By how much every time is divided: half an hour passes in 90 s. */
const DIVISOR = 20;
const SEATING_MS = 60_000;
/** What v1.0.1's documents give it to find out (60 s) and to be back (30 s), divided, and time for a busy machine. */
const CATCH_UP_MS = 90_000 / DIVISOR + 15_000;
/** How late a hundredth of the events, or of the turns of a process, may be before the viewing is not the one planned. */
const LATE_MS_MAX = 1_000;
const MARGIN_MS = 15_000;

check(
  'tars-1001/manual-refreshes',
  {
    lane: 'waiting',
    stack: dashboard,
    from: 'standard',
    measures: { reloads_exponential: 'reloads', reloads_weibull: 'reloads', reloads_pareto: 'reloads' },
    facts: [
      'until the viewing began everybody was told of everything',
      'the paths cut users off',
      'no service ended by itself',
    ],
    timeout_ms: 300_000,
  },
  async ({ stack, random, reaper, signal, observe, fact }) => {
    requireOpenFiles(LAWS.length * AGENTS * ONLOOKERS_OF_AN_AGENT);
    const claims = claimsOf(await login(stack, 'viewer'));
    const token = (subject: string) => forgeToken({ secret: stack.jwtSecret, claims: { ...claims, sub: subject } });
    const agents = LAWS.map((law) => planAgents(law, forkRandom(random), token));
    await using ends = new AsyncDisposableStack();
    const log = ends.adopt(new RedisEventLog({ url: stack.redisUrl }), (one) => one.close());
    const program = join(import.meta.dirname, 'onlookers-child.ts');
    const processes = await CommandedProcess.startAll<OnlookerCommands>(
      LAWS.map((law) => ({ name: `onlookers-${law}`, program, environment: stack.planted, reaper })),
    );
    ends.defer(() => Promise.all(processes.map((one) => one.stop())).then(() => {}));
    /** Tells each process, whose people look at the agents of one law. */
    const tell = <T>(
      takes_ms: number,
      command: (
        process: CommandedProcess<OnlookerCommands>,
        agents: readonly Agent[],
        waiting: { readonly timeout_ms: number; readonly signal: AbortSignal },
      ) => Promise<T>,
    ): Promise<T[]> => {
      const waiting = { timeout_ms: takes_ms + MARGIN_MS, signal };
      return Promise.all(processes.map((process, index) => command(process, agents[index] as Agent[], waiting)));
    };
    const seen = (idsOf: (agent: Agent) => readonly string[]) =>
      tell(CATCH_UP_MS, (process, own, waiting) => {
        const events = Object.fromEntries(own.map((agent) => [channelOf(agent.id), idsOf(agent)]));
        return process.call('seen', { events, timeout_ms: CATCH_UP_MS }, waiting);
      });

    const { release, api } = stack;
    const shared = { release, address: api.address, divisor: DIVISOR, timeout_ms: SEATING_MS };
    const seeds = forkRandom(random);
    await tell(SEATING_MS, (process, own, waiting) => {
      const onlookers = own.flatMap((agent) => agent.onlookers);
      return process.call('seat', { ...shared, onlookers, seed: Math.floor(seeds() * 2 ** 32) }, waiting);
    });
    await Promise.all(agents.flat().map(({ id, firstEvent }) => append(log, id, 1, firstEvent)));
    const before = await seen(({ firstEvent }) => [firstEvent]);
    const unseen = before.flatMap((one) => one.seen).filter(mustReload).length;
    fact('until the viewing began everybody was told of everything', unseen === 0, `${unseen} were not`);

    const t0 = new Date();
    await tell(0, (process, _, waiting) => process.call('begin', { divisor: DIVISOR }, waiting));
    const late_ms = await commitAsPlanned(log, agents.flat(), signal);
    const after = await seen(({ events }) => events.map(({ id }) => id));
    const lates_ms = [late_ms, ...after.map(({ lag_p99_ms }) => lag_p99_ms)];
    requirePunctual('99 % of the events, and of what happens to the paths,', lates_ms, LATE_MS_MAX);

    for (const [index, law] of LAWS.entries()) {
      const { seen: ofLaw = [] } = after[index] ?? {};
      // A batch an agent: what its onlookers missed, they missed together.
      for (let agent = 0; agent < AGENTS; agent += 1) {
        const own = ofLaw.slice(agent * ONLOOKERS_OF_AN_AGENT, (agent + 1) * ONLOOKERS_OF_AN_AGENT);
        observe(
          `reloads_${law}`,
          own.map((one) => Number(mustReload(one))),
          { t0, factor: DIVISOR },
        );
      }
    }
    const ownEnds = [stack.api, stack.engine].flatMap((service) => service.ownEnds);
    fact('no service ended by itself', ownEnds.length === 0, ownEnds.join(', '));
    const all = after.flatMap((one) => one.seen);
    const cutOff = all.filter(({ drops }) => drops > 0).length;
    fact(
      'the paths cut users off',
      cutOff > 0,
      `${cutOff} of ${all.length} noticed it; 99 % of what was planned came within ${Math.max(...lates_ms).toFixed(0)} ms of its moment`,
    );
  },
);

function mustReload({ missing, gaps }: Seen): boolean {
  return missing > 0 || gaps > 0;
}

/** Appends each event at its moment, until the viewing is over. @returns how late 99 % of them were at the most */
async function commitAsPlanned(log: RedisEventLog, agents: readonly Agent[], signal: AbortSignal): Promise<number> {
  const due = agents
    .flatMap(({ id: agentId, events }) =>
      // The first event of the log came before the viewing.
      events.map(({ id, at_ms }, index) => ({ agentId, id, sequence: index + 2, at_ms: at_ms / DIVISOR })),
    )
    .sort((a, b) => a.at_ms - b.at_ms);
  const began_ms = performance.now();
  const until = (at_ms: number) => delay(Math.max(0, began_ms + at_ms - performance.now()), undefined, { signal });
  const appended: Promise<number>[] = [];
  for (const { agentId, id, sequence, at_ms } of due) {
    await until(at_ms);
    appended.push(append(log, agentId, sequence, id).then(() => performance.now() - began_ms - at_ms));
  }
  await until(VIEWING_MS / DIVISOR);
  const lates_ms = (await Promise.all(appended)).sort((a, b) => a - b);
  return lates_ms[Math.floor(0.99 * lates_ms.length)] as number;
}

/** As eval-engine's relay does when the evaluation has been committed. */
async function append(log: RedisEventLog, agentId: string, sequence: number, id: string): Promise<void> {
  const record: EvaluationRecord = {
    id,
    agentId,
    region: 'us-east-1',
    status: 'completed',
    reward: 1,
    episodes: 1,
    createdAt: new Date().toISOString(),
  };
  await log.append(channelOf(agentId), sequence, JSON.stringify(record));
}
