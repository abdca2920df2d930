/** TARS-1004: faults that the migration of v1.0.1 could have had. */
import type { MutantDeclaration } from '../../../harness/mutants/declared.ts';

const NOTES = 'postgresql.org, "Building Indexes Concurrently"';

export const migration = {
  'tars-1004/plain-create-index': {
    source: 'TARS-1004: the SQL of the ticket lacks CONCURRENTLY',
    says: 'Indexes are built under a lock that no writer gets past',
    file: 'impl/database/indexes.ts',
    find: 'return `CREATE INDEX CONCURRENTLY ',
    replace: 'return `CREATE INDEX ',
    gates: ['tars-1004/zero-downtime'],
    profile: 'standard',
  },
  'tars-1004/vacuum-full': {
    source: 'postgresql.org, VACUUM: FULL rewrites the table under an ACCESS EXCLUSIVE lock',
    says: 'The tables are rewritten where their statistics are to be refreshed',
    file: 'impl/database/indexes.ts',
    find: 'VACUUM (ANALYZE) $',
    replace: 'VACUUM (FULL, ANALYZE) $',
    gates: ['tars-1004/commits-go-on'],
    profile: 'standard',
  },
  'tars-1004/plain-drop-index': {
    source: 'measured: a plain DROP INDEX behind a reader of 3 s froze everybody for 2.7 s',
    says: 'The rollback waits for a reader, and every reader and writer after it waits behind the rollback',
    file: 'impl/database/indexes.ts',
    find: 'return `DROP INDEX CONCURRENTLY ',
    replace: 'return `DROP INDEX ',
    gates: ['tars-1004/rollback'],
    profile: 'standard',
  },
  'tars-1004/rollback-leaves-one': {
    source: 'the release plan: rollback included',
    says: 'The rollback forgets one of the indexes',
    file: 'impl/database/migrator.ts',
    find: '    .reverse();',
    replace: '    .reverse()\n    .slice(1);',
    gates: ['tars-1004/migration-under-load/facts'],
    profile: 'standard',
  },
  'tars-1004/passed-over-by-name': {
    source: `${NOTES}: IF NOT EXISTS looks at the name alone`,
    says: 'An index that a killed build left is taken for one that stands',
    file: 'impl/database/migrator.ts',
    find: "if (state === 'valid') this.#tell",
    replace: "if (state !== 'missing') this.#tell",
    gates: ['tars-1004/safe-to-kill'],
    profile: 'standard',
  },
  'tars-1004/leftover-not-dropped': {
    source: `${NOTES}: the recommended recovery is to drop the invalid index and try again`,
    says: 'What a killed build left is in the way of the next',
    file: 'impl/database/migrator.ts',
    find: 'if (leftover) await this.#run(dropStatement(index));',
    replace: '',
    gates: ['tars-1004/safe-to-kill'],
    profile: 'standard',
  },
  'tars-1004/killed-client-unnoticed': {
    source: 'postgresql.org, client_connection_check_interval: off by default',
    says: 'The server goes on for a migrator that was killed, and the next one cannot begin',
    file: 'impl/database/session.ts',
    find: "client_connection_check_interval = '1s'",
    replace: "client_connection_check_interval = '0'",
    gates: ['tars-1004/safe-to-kill'],
    profile: 'standard',
  },
} satisfies Record<string, MutantDeclaration>;
