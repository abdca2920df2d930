/** What is asked of the database after a migration: each question can be answered with no. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { testPostgres } from '../../../fixtures/components.ts';
import { corruptionsOf, differencesOf, fingerprintOf, installAmcheck, schemaOf } from './catalogue.ts';
import { openSession, type Session } from './session.ts';

let server: Awaited<ReturnType<typeof testPostgres>>;
let session: Session;

beforeAll(async () => {
  server = await testPostgres();
  session = await openSession(server.url, { name: 'catalogue' });
  await installAmcheck(session);
}, 120_000);

afterAll(async () => {
  await session?.end();
  await server?.stop();
}, 60_000);

beforeEach(async () => {
  await session.query(`DROP TABLE IF EXISTS one; CREATE TABLE one (id int PRIMARY KEY, says text DEFAULT 'a');
    INSERT INTO one SELECT n FROM generate_series(1, 50) n; CREATE INDEX one_says ON one (says)`);
});

test.each([
  ['an index more', 'CREATE INDEX one_more ON one (says, id)', /^added: CREATE INDEX one_more/],
  ['an index less', 'DROP INDEX one_says', /^missing: CREATE INDEX one_says/],
  [
    'an index that is not valid',
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'one_says'::regclass",
    /valid=f/,
  ],
  ['another default', "ALTER TABLE one ALTER says SET DEFAULT 'b'", /'b'/],
  ['a constraint less', 'ALTER TABLE one DROP CONSTRAINT one_pkey', /^missing: one_pkey PRIMARY KEY/],
])('%s is a difference of two schemas', async (_what, change, told) => {
  const before = await schemaOf(session);
  expect(differencesOf(before, await schemaOf(session))).toEqual([]);
  await session.query(change);
  expect(differencesOf(before, await schemaOf(session))).toContainEqual(expect.stringMatching(told));
});

test.each([
  ['lost', 'DELETE FROM one WHERE id = 7'],
  ['changed', "UPDATE one SET says = 'b' WHERE id = 7"],
  ['put in the place of another', 'DELETE FROM one WHERE id = 7; INSERT INTO one VALUES (70)'],
])('a row that is %s changes the fingerprint, one that is written again does not', async (_what, change) => {
  const before = await fingerprintOf(session, 'one');
  await session.query('UPDATE one SET says = says WHERE id = 7');
  expect(await fingerprintOf(session, 'one')).toBe(before);
  await session.query(change);
  expect(await fingerprintOf(session, 'one')).not.toBe(before);
});

test('a row that an index does not hold is a corruption of it, and of it alone', async () => {
  const ready = (is: boolean) =>
    session.query(`UPDATE pg_index SET indisready = ${is} WHERE indexrelid = 'one_says'::regclass`);
  expect(await corruptionsOf(session, ['one_says', 'one_pkey'])).toEqual([]);
  await ready(false);
  await session.query("INSERT INTO one VALUES (99, 'z')");
  await ready(true);
  expect(await corruptionsOf(session, ['one_says', 'one_pkey'])).toEqual([
    expect.stringMatching(/^one_says: .*lacks matching index tuple/),
  ]);
});
