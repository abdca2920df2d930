/** Access tokens, API keys and roles: who asks, and whether their role permits it. */
import jwt from '@fastify/jwt';
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { User } from '../../release-parts.ts';
import { userOfApiKey } from '../api-keys.ts';
import { isPostgresAway } from '../postgres.ts';
import { askOf, Problem } from './problem-details.ts';

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: { sub: string; role: User['role'] };
    user: User;
  }
}

export const accessToken_s = 15 * 60;

/** Each role may do what the roles before it may. */
const ranks: Record<User['role'], number> = { viewer: 0, operator: 1, admin: 2 };

const issuer = 'tars-dashboard-api';
const claims = z.object({ sub: z.string().min(1), role: z.enum(['viewer', 'operator', 'admin']), exp: z.number() });

export interface Authentication {
  issue(user: User): string;
  /** @throws Problem `unauthenticated` when the token is forged, expired or none of ours */
  authenticate(token: string): Promise<User>;
  /** A hook that lets in who has at least this role. It runs before the body is read. */
  require(role: User['role']): onRequestAsyncHookHandler;
}

function refusal(detail: string): Problem {
  return new Problem('unauthenticated', detail, { headers: { 'www-authenticate': 'Bearer realm="tars"' } });
}

/** RFC 6750, section 2.1; the other ways it names put tokens into logs. */
function bearerTokenOf(request: FastifyRequest): string {
  const [, token] = /^Bearer +([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token === undefined) {
    throw refusal('expected a header "authorization: Bearer <access token>", or "x-api-key: <API key>"');
  }
  return token;
}

/** RFC 8725: the algorithm is pinned, and expiry, issuer and subject must be there. */
export async function registerAuthentication(
  server: FastifyInstance,
  secret: string,
  postgres: Pick<Pool, 'query'>,
): Promise<Authentication> {
  await server.register(jwt, {
    secret,
    sign: { algorithm: 'HS256', expiresIn: accessToken_s * 1000, iss: issuer },
    verify: { algorithms: ['HS256'], allowedIss: issuer, requiredClaims: ['iss', 'sub', 'exp', 'role'] },
  });

  async function authenticate(token: string): Promise<User> {
    try {
      const { sub, role, exp } = claims.parse(server.jwt.verify(token));
      return { subject: sub, role, expiresAt_ms: exp * 1000 };
    } catch {
      throw refusal('the access token is not valid, or not any more; log in again');
    }
  }

  /** A token, if there is one, is what counts. */
  async function userOf(request: FastifyRequest): Promise<User> {
    const key = request.headers['x-api-key'];
    if (typeof key !== 'string' || request.headers.authorization !== undefined) {
      return authenticate(bearerTokenOf(request));
    }
    const user = await askOf('PostgreSQL', isPostgresAway, userOfApiKey(postgres, key));
    if (user === undefined) throw refusal('the API key is not valid, or not any more');
    return user;
  }

  return {
    issue: ({ subject, role }) => server.jwt.sign({ sub: subject, role }),
    authenticate,
    require: (role) => async (request) => {
      const user = await userOf(request);
      if (ranks[user.role] < ranks[role]) {
        throw new Problem('forbidden', `this needs the role ${role}, you have ${user.role}`);
      }
      request.user = user;
    },
  };
}
