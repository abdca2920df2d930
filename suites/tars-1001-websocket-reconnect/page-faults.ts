/** What befalls a page in a browser: how its network goes, and how it comes back. */
import type { DashboardPage } from '../../fixtures/dashboard-page.ts';
import type { FaultProxy } from '../../harness/network/proxy.ts';

export interface PageFault {
  /** Names the page in evidence. */
  readonly id: string;
  /** How long after `restore` the page may be incomplete. */
  readonly patience_ms: number;
  begin(page: DashboardPage, proxy: FaultProxy): Promise<void>;
  restore(page: DashboardPage, proxy: FaultProxy): Promise<void>;
}

/** The ticket's longest time away, once the page can know that its connection is lost. */
const NOTICED_MS = 30_000;
/** Nothing tells the page: the silence has to be found first, which may take 60 s from its last frame. */
const SILENT_MS = 60_000 + NOTICED_MS;

export const PAGE_FAULTS: readonly PageFault[] = [
  {
    id: 'reset',
    patience_ms: NOTICED_MS,
    begin: (_page, proxy) => proxy.outage({ how: 'refuse', current: 'rst' }),
    restore: (_page, proxy) => proxy.restore(),
  },
  {
    id: 'forgotten-by-nat',
    patience_ms: SILENT_MS,
    async begin(_page, proxy) {
      for (const connection of proxy.connections) connection.apply({ kind: 'swallow', permanent: true });
    },
    // New connections were whole all the time.
    restore: async () => {},
  },
  {
    id: 'offline',
    patience_ms: SILENT_MS,
    async begin(page, proxy) {
      await proxy.outage({ how: 'silence' });
      await page.goOffline(true);
    },
    async restore(page, proxy) {
      await proxy.restore();
      await page.goOffline(false);
    },
  },
  {
    id: 'asleep',
    patience_ms: SILENT_MS,
    async begin(page, proxy) {
      await page.fallAsleep();
      await proxy.outage({ how: 'silence' });
    },
    async restore(page, proxy) {
      await proxy.restore();
      await page.wakeUp();
    },
  },
  {
    id: 'in-background',
    patience_ms: NOTICED_MS,
    async begin(page, proxy) {
      await page.goToBackground();
      await proxy.outage({ how: 'refuse', current: 'rst' });
    },
    async restore(page, proxy) {
      await proxy.restore();
      await page.comeToFront();
    },
  },
];
