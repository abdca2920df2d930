/**
 * API keys: `tars_<8 characters that name it>_<32 characters of 190 random bits>`. What is stored is the name and the
 * sha256 of the whole key, in both releases alike, so a key that either issued works on the other.
 *
 * A fast hash is enough: there is nothing to guess in 128 random bits and more, where a password needs a slow one.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
import { createHash, randomInt } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { User } from '../release-parts.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const form = /^tars_[0-9A-Za-z]{8}_[0-9A-Za-z]{32}$/;
/** In use at the same time, by one user. */
export const keysPerUser_max = 100;

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** `tars_` and the characters that name it. */
  readonly prefix: string;
  readonly createdAt: Date;
}

type Database = Pick<Pool | ClientBase, 'query'>;

interface Row {
  id: string;
  name: string;
  prefix: string;
  created_at: Date;
}

function present({ created_at, ...same }: Row): ApiKey {
  return { ...same, createdAt: created_at };
}

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** What is stored of a key. */
export function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/**
 * Issues a key for the user and writes it to the audit log, in one statement. `key` is never shown again.
 * `undefined` when the user has `keysPerUser_max` in use.
 */
export async function issueApiKey(
  database: Database,
  user: string,
  name: string,
): Promise<(ApiKey & { readonly key: string }) | undefined> {
  const prefix = `tars_${randomText(8)}`;
  const key = `${prefix}_${randomText(32)}`;
  const { rows } = await database.query<Row>(
    `WITH issued AS (
       INSERT INTO api_keys (user_id, name, prefix, key_hash) SELECT $1, $2, $3, $4
       WHERE (SELECT count(*) FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL) < $5
       RETURNING id, name, prefix, created_at
     ), logged AS (
       INSERT INTO audit_logs (user_id, action, resource_type, resource_id) SELECT $1, 'issue', 'api-key', id::text FROM issued
     )
     SELECT id, name, prefix, created_at FROM issued`,
    [user, name, prefix, hashOf(key), keysPerUser_max],
  );
  return rows[0] === undefined ? undefined : { ...present(rows[0]), key };
}

export const apiKeysOfText = `SELECT id, name, prefix, created_at FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL
  ORDER BY created_at DESC, id DESC LIMIT ${keysPerUser_max}`;

/** The user's keys in use, newest first. */
export async function apiKeysOf(database: Database, user: string): Promise<ApiKey[]> {
  const { rows } = await database.query<Row>(apiKeysOfText, [user]);
  return rows.map(present);
}

/** From now on the key opens nothing. False when the user has no such key in use. */
export async function revokeApiKey(database: Database, user: string, id: string): Promise<boolean> {
  const { rowCount } = await database.query(
    `WITH revoked AS (
       UPDATE api_keys SET revoked_at = now() WHERE id = $2 AND user_id = $1 AND revoked_at IS NULL RETURNING id
     )
     INSERT INTO audit_logs (user_id, action, resource_type, resource_id) SELECT $1, 'revoke', 'api-key', id::text FROM revoked`,
    [user, id],
  );
  return rowCount === 1;
}

/** Of the sha256 of a key. */
export const userOfApiKeyText = `SELECT u.id, u.role FROM api_keys k JOIN users u ON u.id = k.user_id
  WHERE k.key_hash = $1 AND k.revoked_at IS NULL`;

/** Whose key it is. Asked for with every request, and never cached: a key is refused as soon as it is revoked. */
export async function userOfApiKey(database: Database, key: string): Promise<User | undefined> {
  if (!form.test(key)) return undefined;
  const { rows } = await database.query<{ id: string; role: User['role'] }>({
    name: 'user-of-api-key',
    text: userOfApiKeyText,
    values: [hashOf(key)],
  });
  const [user] = rows;
  return user && { subject: user.id, role: user.role };
}
