/** The page when history is lost for good, and whether it is fit to be read by all and for long. */
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { CommitLedger } from '../../fixtures/commit-ledger.ts';
import { DashboardBrowser, missingOn } from '../../fixtures/dashboard-page.ts';
import { EvaluationCommits } from '../../fixtures/evaluation-commits.ts';
import { dashboardPage } from '../../fixtures/stacks/dashboard-page.ts';
import { check } from '../../harness/checks/check.ts';
import { seriousFaults } from '../../harness/components/chromium/accessibility.ts';
import { FaultProxy } from '../../harness/network/proxy.ts';
import { streamKey } from '../../impl/event-log/scripts.ts';
import { KEPT_MAX } from '../../impl/services/dashboard-frontend/page/evaluations.ts';

/** How long a page may take to show what there is, on however busy a machine. */
const SHOW_MS = 30_000;
const AWAY_MS = 5_000;

check(
  'tars-1001/page-told-of-loss',
  {
    lane: 'waiting',
    stack: dashboardPage,
    arms: ['candidate'],
    from: 'standard',
    facts: [
      'a page whose missed events are lost for good shows them all the same, and nobody reloads it',
      'the indicator told that the list is loaded again',
    ],
    timeout_ms: 300_000,
  },
  async ({ stack, random, signal, fact }) => {
    await using ends = new AsyncDisposableStack();
    const ledger = await CommitLedger.open(stack.postgresUrl);
    ends.defer(() => ledger.close());
    const commits = await EvaluationCommits.open(stack, { ledger, random, signal });
    const browser = ends.use(await DashboardBrowser.start(stack));
    const { hostname: host, port } = new URL(stack.api.address);
    const proxy = ends.use(await FaultProxy.start({ target: { host, port: Number(port) } }));
    const page = await browser.open(`http://${proxy.host}:${proxy.port}`, 'loss');
    const options = { timeout_ms: SHOW_MS, signal };

    await commits.make(3);
    const before = await missingOn(page, await ledger.entries(), options);
    if (before > 0) throw new Error(`expected a page that is live, it is without ${before} evaluations`);
    await proxy.outage({ how: 'refuse', current: 'rst' });
    await Promise.all([commits.make(8), delay(AWAY_MS, undefined, { signal })]);
    const redis = new Redis(stack.redisUrl, { maxRetriesPerRequest: 1, commandTimeout: 5_000 });
    try {
      await redis.del(streamKey('evaluations'), `${streamKey('evaluations')}:meta`);
    } finally {
      redis.disconnect();
    }
    await proxy.restore();
    await commits.make(1);
    const after = await missingOn(page, await ledger.entries(), options);
    const seen = await page.indicator();
    fact(
      'a page whose missed events are lost for good shows them all the same, and nobody reloads it',
      after === 0,
      `${after} missing; ${await page.shoot('back')}`,
    );
    fact('the indicator told that the list is loaded again', seen.includes('reloading'), seen.join(' '));
  },
);

check(
  'tars-1001/page-is-fit',
  {
    lane: 'waiting',
    stack: dashboardPage,
    arms: ['candidate'],
    from: 'standard',
    facts: [
      'axe-core finds nothing serious in the login, light and dark',
      'axe-core finds nothing serious in the live dashboard, light and dark',
      'axe-core finds nothing serious in the reconnecting dashboard, light and dark',
      `of more than ${KEPT_MAX} evaluations the list shows the newest ${KEPT_MAX}`,
      'a page that is left alone tells the console of no errors',
      'a session that is refused asks for the password again, and says why',
    ],
    timeout_ms: 300_000,
  },
  async ({ stack, random, signal, fact }) => {
    await using ends = new AsyncDisposableStack();
    const ledger = await CommitLedger.open(stack.postgresUrl);
    ends.defer(() => ledger.close());
    const commits = await EvaluationCommits.open(stack, { ledger, random, signal });
    const browser = ends.use(await DashboardBrowser.start(stack));
    const { hostname: host, port } = new URL(stack.api.address);
    const proxy = ends.use(await FaultProxy.start({ target: { host, port: Number(port) } }));
    const opened = await browser.open(`http://${proxy.host}:${proxy.port}`, 'fit');
    const { page } = opened;
    const hold = async (where: 'login' | 'live dashboard' | 'reconnecting dashboard') => {
      const faults: string[] = [];
      const shots: string[] = [];
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        faults.push(...(await seriousFaults(page)));
        shots.push(await opened.shoot(`${where.replace(' ', '-')}-${colorScheme}`));
      }
      const evidence = [...faults, `seen in logs/: ${shots.join(', ')}`].join('; ');
      fact(`axe-core finds nothing serious in the ${where}, light and dark`, faults.length === 0, evidence);
    };

    await commits.make(KEPT_MAX + 20);
    const newest = (await ledger.entries()).slice(-KEPT_MAX);
    const missing = await missingOn(opened, newest, { timeout_ms: SHOW_MS, signal });
    const { size } = await opened.shown();
    fact(
      `of more than ${KEPT_MAX} evaluations the list shows the newest ${KEPT_MAX}`,
      missing === 0 && size === KEPT_MAX,
      `${size} shown, ${missing} of the newest missing`,
    );
    await hold('live dashboard');
    fact(
      'a page that is left alone tells the console of no errors',
      opened.errors.length === 0,
      opened.errors.slice(0, 5).join('; '),
    );

    await proxy.outage({ how: 'refuse', current: 'rst' });
    await page.locator('[data-state=reconnecting]').waitFor();
    await hold('reconnecting dashboard');
    await proxy.restore();

    // As a token looks to the server that has run out, or whose key was changed.
    await opened.spoilSession();
    await page.reload();
    const says = await page
      .getByText('Your session has ended')
      .waitFor()
      .then(
        () => true,
        () => false,
      );
    await hold('login');
    await opened.logIn(stack.users.viewer);
    fact('a session that is refused asks for the password again, and says why', says, await opened.shoot('again'));
  },
);
