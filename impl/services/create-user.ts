/** Creating the users who may log in. */
import type { ClientBase, Pool } from 'pg';
import type { User } from '../release-parts.ts';
import { hashPassword } from './passwords.ts';

export interface NewUser {
  readonly name: string;
  readonly password: string;
  readonly role: User['role'];
}

/** Creates the user, or gives an existing one of this name the new password and role; resolves the user's id. */
export async function createUser(database: Pool | ClientBase, user: NewUser): Promise<string> {
  const { rows } = await database.query<{ id: string }>(
    `INSERT INTO users (name, password_hash, role) VALUES ($1, $2, $3)
     ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash, role = excluded.role
     RETURNING id`,
    [user.name, await hashPassword(user.password), user.role],
  );
  return rows[0]?.id as string;
}
