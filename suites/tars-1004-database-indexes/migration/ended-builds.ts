/** Drills of builds that are ended before their time: by a disk that is full, by somebody on the server, by their operator. */
import { waitUntil } from '../../../harness/processes/wait.ts';
import { type IndexDefinition, indexes } from '../../../impl/database/indexes.ts';
import { BuildHold, type HeldPhase } from './build-hold.ts';
import { differencesOf, schemaOf } from './catalogue.ts';
import { alterDatabase, ENDS_MS, type Site, sessionsOf, start, upFaults } from './drill-site.ts';
import type { MigratorProcess } from './migrator-process.ts';

const [index] = indexes as [IndexDefinition, ...IndexDefinition[]];
/** So many that their order does not fit into 1 MB, the least that servers before PostgreSQL 18 sort in. */
const ROWS = 20_000;
/** `external_routine_exception`: the exit code was not 0. */
const PROGRAM_FAILED = '38000';

/**
 * Full is what the build writes while it sorts: by a limit of the server, and by the kernel, whose device `/dev/full`
 * stands where the session's temporary files would. Neither needs a file system of its own, nor root.
 */
export async function fullDisk(site: Site): Promise<string[]> {
  const { url, session } = site;
  const database = alterDatabase(site);
  await session.query(
    `INSERT INTO evaluations (id, agent_id, region, status, reward, episodes, duration_ms)
     SELECT gen_random_uuid(), 'agent-' || n, 'eu-west-1', 'completed', n, 1, 1 FROM generate_series(1, ${ROWS}) n`,
  );
  const { rows } = await session.query("SELECT min_val FROM pg_settings WHERE name = 'maintenance_work_mem'");
  await session.query(`${database} SET maintenance_work_mem = ${rows[0].min_val}`);

  await session.query(`${database} SET temp_file_limit = 0`);
  await using limited = await start(site, url, 'up');
  const faults = await faultsOfEnd(limited, 'exit code 1', 'MIGRATOR_NO_SPACE: ');
  await session.query(`${database} RESET temp_file_limit`);
  faults.push(...differencesOf(site.schemaBefore, await schemaOf(session)));

  faults.push(...(await fullDevice(site)));
  // Just before, so that it is not PostgreSQL itself that vacuums.
  await session.query("UPDATE evaluations SET reward = reward WHERE agent_id = 'agent-1'");
  return [...faults, ...(await nextFaults(site)), ...(await unvacuumed(site))];
}

/** Of the rows that were changed here; an index with INCLUDE answers without the table only where its pages are all visible. */
async function unvacuumed({ session }: Site): Promise<string[]> {
  const { rows } = await session.query<{ relpages: number; relallvisible: number }>(
    'SELECT relpages, relallvisible FROM pg_class WHERE oid = $1::regclass',
    [index.table],
  );
  const [{ relpages, relallvisible } = { relpages: 0, relallvisible: 0 }] = rows;
  return relpages > 0 && relallvisible === relpages
    ? []
    : [`of ${relpages} pages of ${index.table} ${relallvisible} are known as visible to all`];
}

/** Where the server's system has no such device (macOS), the limit alone is tried. */
async function fullDevice(site: Site): Promise<string[]> {
  const { url, session } = site;
  // Run by the server, in its data folder. Without a row: a command that ends before it has read one breaks the pipe.
  const onServer = (command: string) => session.query(`COPY (SELECT WHERE false) TO PROGRAM '${command}'`);
  const isThere = await onServer('test -c /dev/full').then(
    () => true,
    (error: { code?: string }) => {
      if (error.code === PROGRAM_FAILED) return false;
      throw error;
    },
  );
  if (!isThere) return [];
  await using hold = await held(site, 'waiting for writers before build');
  await using full = await start(site, url, 'up', '--lock-timeout', '30000');
  await hold.reach();
  const [pid] = await sessionsOf(site, 'tars-migrator');
  const files = `base/pgsql_tmp/pgsql_tmp${pid}`;
  await onServer(`mkdir -p base/pgsql_tmp && for n in 0 1 2; do ln -s /dev/full ${files}.$n || exit 1; done`);
  try {
    await hold.release();
    return [
      ...(await faultsOfEnd(full, 'exit code 1', 'MIGRATOR_NO_SPACE: ', 'No space left on device')),
      ...differencesOf(site.schemaBefore, await schemaOf(session)),
    ];
  } finally {
    await onServer(`rm -f ${files}.*`);
  }
}

/** A cancelled build is taken back; one whose session is ended cannot be, and is told as what it is. */
export async function endedOnTheServer(site: Site): Promise<string[]> {
  const { session, url } = site;
  const faults: string[] = [];
  {
    await using hold = await held(site, 'index validation: scanning index');
    await using cancelled = await start(site, url, 'up', '--lock-timeout', '30000');
    await hold.reach();
    await session.query('SELECT pg_cancel_backend($1)', await sessionsOf(site, 'tars-migrator'));
    await hold.release();
    faults.push(...(await faultsOfEnd(cancelled, 'exit code 1', 'MIGRATOR_CANCELLED: ')));
    faults.push(...differencesOf(site.schemaBefore, await schemaOf(session)));
  }
  // What comes next begins without the index.
  if (faults.length > 0) return faults;
  await using hold = await held(site, 'waiting for old snapshots');
  await using ended = await start(site, url, 'up', '--lock-timeout', '30000');
  await hold.reach();
  await session.query('SELECT pg_terminate_backend($1)', await sessionsOf(site, 'tars-migrator'));
  faults.push(...(await faultsOfEnd(ended, 'exit code 1', 'MIGRATOR_NO_CONNECTION: ')));
  await using status = await start(site, url, 'status');
  const says = new RegExp(`^${index.name} +invalid`, 'm');
  if ((await status.end(ENDS_MS)) !== 'exit code 1' || !says.test(status.said())) {
    faults.push(`the leftover is told as: ${status.said().split('\n')[0]}`);
  }
  await hold.release();
  return [...faults, ...(await nextFaults(site))];
}

/** Ctrl-C, and Ctrl-C twice. */
export async function interrupted(site: Site): Promise<string[]> {
  const { url, session } = site;
  const faults: string[] = [];
  {
    await using hold = await held(site, 'building index');
    await using once = await start(site, url, 'up', '--lock-timeout', '30000');
    await hold.reach();
    once.interrupt();
    await once.saying(/^interrupted: /);
    const cancelled = async () => !(await hold.isBuilding());
    await waitUntil('the build to be cancelled', cancelled, { timeout_ms: 10_000, signal: site.signal });
    await hold.release();
    faults.push(...(await faultsOfEnd(once, 'exit code 130', 'MIGRATOR_INTERRUPTED: ')));
    faults.push(...differencesOf(site.schemaBefore, await schemaOf(session)));
  }
  // What comes next begins without the index.
  if (faults.length > 0) return faults;
  await using hold = await held(site, 'building index');
  await using twice = await start(site, url, 'up', '--lock-timeout', '10000');
  await hold.reach();
  twice.interrupt();
  await twice.saying(/^interrupted: /);
  // What it takes back waits for the hold: only the second one can end it now.
  twice.interrupt();
  faults.push(...(await faultsOfEnd(twice, 'signal SIGINT', 'interrupted: ')));
  await hold.release();
  return [...faults, ...(await nextFaults(site))];
}

function held({ url, signal }: Site, phase: HeldPhase): Promise<BuildHold> {
  return BuildHold.prepare({ url, index, phase, signal });
}

/** What is wrong with how it ended: it says what happened and that it is to be started again, and shows no stack. */
async function faultsOfEnd(migrator: MigratorProcess, expected: string, ...says: readonly string[]): Promise<string[]> {
  const end = await migrator.end(ENDS_MS);
  const said = migrator.said();
  const unsaid = says.filter((text) => !said.includes(text));
  return [
    ...(end === expected ? [] : [`expected ${expected}, and it was ${end}: ${said.split('\n').at(-1)}`]),
    ...(unsaid.length === 0 ? [] : [`it does not say ${unsaid.join(', ')}: ${said.split('\n').at(-1)}`]),
    ...(/(start again|next start|another start)/i.test(said) ? [] : [`it does not say what to do: ${said}`]),
    ...(/^ +at .+:\d+/m.test(said) ? [`it shows a stack: ${said}`] : []),
  ];
}

async function nextFaults(site: Site): Promise<string[]> {
  await using next = await start(site, site.url, 'up');
  return (await upFaults(next, site)).map((fault) => `the next run: ${fault}`);
}
