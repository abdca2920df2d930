/** The dashboard's page in a real browser: whether it recovers by itself, and tells of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { CommitLedger } from '../../fixtures/commit-ledger.ts';
import { DashboardBrowser, type DashboardPage, missingOn } from '../../fixtures/dashboard-page.ts';
import { EvaluationCommits } from '../../fixtures/evaluation-commits.ts';
import { type DashboardPageServices, dashboardPage } from '../../fixtures/stacks/dashboard-page.ts';
import { check } from '../../harness/checks/check.ts';
import { FaultProxy } from '../../harness/network/proxy.ts';
import { PAGE_FAULTS, type PageFault } from './page-faults.ts';

const BEFORE = 6;
const MEANWHILE = 12;
/** How long the network is away: longer than the first waits of the back-off. */
const AWAY_MS = 15_000;
/** How long a page that is live may take to show what is committed, on however busy a machine. */
const LIVE_MS = 20_000;
/** What the browser itself says of a network that is not there. */
const OF_THE_NETWORK = /net::ERR_|^WebSocket connection to /;

check(
  'tars-1001/page-recovers',
  {
    lane: 'waiting',
    stack: dashboardPage,
    from: 'standard',
    measures: { evaluations_missing: 'evaluations' },
    facts: [
      'before its network went every page showed all that was committed',
      'when its network came back every page was without what was committed meanwhile',
      'the indicator of every page went from live to reconnecting, and to live again',
      'a reload showed all that was committed',
      'the console told of no errors but those of the network',
      'no service ended by itself',
    ],
    timeout_ms: 420_000,
  },
  async ({ stack, random, signal, observe, fact }) => {
    await using ends = new AsyncDisposableStack();
    const ledger = await CommitLedger.open(stack.postgresUrl);
    ends.defer(() => ledger.close());
    const commits = await EvaluationCommits.open(stack, { ledger, random, signal });
    const browser = ends.use(await DashboardBrowser.start(stack));
    await commits.make(1); // An agent there is, so that the first list is not empty.
    const seats: Seat[] = [];
    for (const fault of PAGE_FAULTS) seats.push(await takeSeat(stack, browser, fault, ends));

    await commits.make(BEFORE);
    const before = await missing(seats, await ledger.entries(), () => LIVE_MS, signal);
    fact('before its network went every page showed all that was committed', isNone(before), tell(before));

    await Promise.all(seats.map(({ fault, page, proxy }) => fault.begin(page, proxy)));
    await Promise.all([commits.make(MEANWHILE), delay(AWAY_MS, undefined, { signal })]);
    const meanwhile = await missing(seats, await ledger.entries(), () => 0, signal);
    const shots = [await seats[0]?.page.shoot('away')];
    await Promise.all(seats.map(({ fault, page, proxy }) => fault.restore(page, proxy)));
    const t0 = new Date();
    fact(
      'when its network came back every page was without what was committed meanwhile',
      meanwhile.every(({ count }) => count === MEANWHILE),
      tell(meanwhile),
    );

    await commits.make(1);
    const after = await missing(seats, await ledger.entries(), ({ patience_ms }) => patience_ms, signal);
    observe(
      'evaluations_missing',
      after.map(({ count }) => count),
      { t0 },
    );
    const indicators = await Promise.all(seats.map(async ({ page }) => page.indicator()));
    for (const { page } of seats) shots.push(await page.shoot('back'));
    fact(
      'the indicator of every page went from live to reconnecting, and to live again',
      indicators.every((seen) => /live .*reconnecting .*live$/.test(seen.join(' '))),
      `${seats.map(({ fault }, index) => `${fault.id}: ${indicators[index]?.join(' ') || 'none'}`).join('; ')}. Seen in logs/: ${shots.join(', ')}`,
    );

    await Promise.all(
      seats.map(async ({ proxy, page }) => {
        await proxy.apply({ kind: 'cut', how: 'rst' }); // The browser may still hold connections that are dead.
        await page.reload();
      }),
    );
    const reloaded = await missing(seats, await ledger.entries(), () => LIVE_MS, signal);
    fact('a reload showed all that was committed', isNone(reloaded), tell(reloaded));
    const errors = seats.flatMap(({ page }) => page.errors).filter((text) => !OF_THE_NETWORK.test(text));
    fact('the console told of no errors but those of the network', errors.length === 0, errors.slice(0, 5).join('; '));
    const ownEnds = [stack.api, stack.engine].flatMap((service) => service.ownEnds);
    fact('no service ended by itself', ownEnds.length === 0, ownEnds.join(', '));
  },
);

interface Seat {
  readonly fault: PageFault;
  readonly proxy: FaultProxy;
  readonly page: DashboardPage;
}

/** Opens a page behind a proxy of its own, so that it can be cut off alone. */
async function takeSeat(
  stack: DashboardPageServices,
  browser: DashboardBrowser,
  fault: PageFault,
  ends: AsyncDisposableStack,
): Promise<Seat> {
  const { hostname: host, port } = new URL(stack.api.address);
  const proxy = ends.use(await FaultProxy.start({ target: { host, port: Number(port) } }));
  const page = await browser.open(`http://${proxy.host}:${proxy.port}`, fault.id);
  return { fault, proxy, page };
}

interface Missing {
  readonly id: string;
  /** Committed evaluations that the page does not show. */
  readonly count: number;
}

/** What each page is without, once it shows all or its patience is over. */
function missing(
  seats: readonly Seat[],
  due: readonly { readonly id: string }[],
  patience: (fault: PageFault) => number,
  signal: AbortSignal,
): Promise<readonly Missing[]> {
  return Promise.all(
    seats.map(async ({ fault, page }) => ({
      id: fault.id,
      count: await missingOn(page, due, { timeout_ms: patience(fault), signal }),
    })),
  );
}

function isNone(all: readonly Missing[]): boolean {
  return all.every(({ count }) => count === 0);
}

function tell(all: readonly Missing[]): string {
  return all.map(({ id, count }) => `${id}: ${count} missing`).join(', ');
}
