/** `POST /api/v1/auth/login`: an access token for a user name and a password; `/renew`: a newer one for one that is still good. */
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import type { User } from '../../release-parts.ts';
import { verifyPassword } from '../passwords.ts';
import { isPostgresAway } from '../postgres.ts';
import { type Authentication, accessToken_s } from './authentication.ts';
import { LoginLimits } from './login-limits.ts';
import { askOf, Problem } from './problem-details.ts';

interface Credentials {
  username: string;
  password: string;
}

/** How long a session may be renewed without the password: a working day. A stolen token is good for no longer. */
export const session_s = 12 * 60 * 60;

const issued = {
  200: {
    type: 'object',
    required: ['accessToken', 'tokenType', 'expiresIn'],
    properties: {
      accessToken: { type: 'string' },
      tokenType: { type: 'string', const: 'Bearer' },
      expiresIn: { type: 'integer', description: 'seconds' },
    },
  },
};

const schema = {
  summary: 'Log in',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['username', 'password'],
    properties: {
      username: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[^\\u0000-\\u001f\\u007f]+$' },
      password: { type: 'string', minLength: 1, maxLength: 1024 },
    },
  },
  response: issued,
};

interface LoginOptions {
  readonly postgres: Pick<Pool, 'query'>;
  readonly authentication: Authentication;
}

export function registerLogin(server: FastifyInstance, { postgres, authentication }: LoginOptions): void {
  const limits = new LoginLimits();

  async function login({ username, password }: Credentials) {
    const { rows } = await askOf(
      'PostgreSQL',
      isPostgresAway,
      postgres.query<{ id: string; password_hash: string; role: User['role'] }>(
        'SELECT id, password_hash, role FROM users WHERE name = $1',
        [username],
      ),
    );
    const user = rows[0];
    if (!(await verifyPassword(password, user?.password_hash)) || user === undefined) {
      throw new Problem('wrong-credentials', 'no user has this name and password', {
        headers: { 'www-authenticate': 'Bearer realm="tars"' },
      });
    }
    return answer({ subject: user.id, role: user.role });
  }

  function answer(user: User) {
    return { accessToken: authentication.issue(user), tokenType: 'Bearer', expiresIn: accessToken_s };
  }

  server.post<{ Body: Credentials }>('/api/v1/auth/login', { schema }, ({ ip, body }) =>
    limits.run(ip, () => login(body)),
  );

  const renewal = {
    summary: 'A newer access token, for 12 hours from the login on',
    description: 'The role stays what it was at the login.',
    response: issued,
  };
  server.post(
    '/api/v1/auth/renew',
    { schema: renewal, onRequest: authentication.require('viewer') },
    async ({ user }) => {
      if (Date.now() - (user.loggedInAt_ms ?? 0) > session_s * 1000)
        throw new Problem('unauthenticated', 'the session is over; log in again', {
          headers: { 'www-authenticate': 'Bearer realm="tars"' },
        });
      return answer(user);
    },
  );
}
