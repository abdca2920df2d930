/** Who speaks on a connection: from its first token, through newer ones of the same user, to the end of the last. */
import type { User } from '../release-parts.ts';
import { CLOSE } from './close-codes.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { ErrorFrame, ServerFrame } from './frames.ts';
import { errorFrame } from './protocol.ts';
import type { UserQuota } from './user-quotas.ts';

/** `setTimeout` fires at once when it is given more. */
const TIMER_ms_max = 2 ** 31 - 1;

/** The connection, as its admission sees it. */
export interface AdmissionLink {
  isOpen(): boolean;
  send(frame: ServerFrame): void;
  /** The frame answers a fault of the peer's, which counts as one. */
  refuse(frame: ErrorFrame): void;
  end(code: number, reason: string): void;
  /** A token was taken, the first or a newer one, and the peer has been told. */
  admitted(): void;
}

export class Admission {
  readonly #context: ConnectionContext;
  readonly #link: AdmissionLink;
  readonly #deadline: NodeJS.Timeout;
  #expiryTimer: NodeJS.Timeout | undefined;
  #underWay = false;
  #user: User | undefined;
  #quota: UserQuota | undefined;

  /** From now on the peer has `authenticate_ms` to send a token. */
  constructor(context: ConnectionContext, link: AdmissionLink) {
    this.#context = context;
    this.#link = link;
    this.#deadline = setTimeout(() => this.#timedOut(), context.limits.authenticate_ms);
  }

  get user(): User | undefined {
    return this.#user;
  }

  /** The connection's share of what its user may hold. */
  get quota(): UserQuota | undefined {
    return this.#quota;
  }

  /** A token is being looked at. */
  get isUnderWay(): boolean {
    return this.#underWay;
  }

  async authenticate(token: string): Promise<void> {
    if (this.#underWay) {
      this.#link.refuse(errorFrame('bad-frame', 'authenticate: already under way'));
      return;
    }
    this.#underWay = true;
    let user: User;
    try {
      user = await this.#context.authenticate(token);
    } catch (error) {
      if (this.#link.isOpen()) this.#refused(error);
      return;
    } finally {
      this.#underWay = false;
    }
    if (!this.#link.isOpen()) return;
    clearTimeout(this.#deadline);
    if (!this.#admit(user)) return;
    this.#expireAt(user.expiresAt_ms);
    this.#context.logger.debug({ subject: user.subject }, 'authenticated');
    const expires = user.expiresAt_ms !== undefined && { expiresIn_ms: Math.max(0, user.expiresAt_ms - Date.now()) };
    this.#link.send({ type: 'authenticated', ...expires });
    this.#link.admitted();
  }

  /** The connection is over, and its subscriptions have been released. */
  release(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#expiryTimer);
    this.#quota?.release();
  }

  /** A connection is one user's, from its first token on (centrifuge-dart#126), and each user has so many. */
  #admit(user: User): boolean {
    if (this.#quota && this.#quota.subject !== user.subject) {
      this.#link.send(errorFrame('unauthorized', 'the token is of another user; open another connection for it'));
      this.#link.end(CLOSE.unauthorized, 'another user');
      return false;
    }
    this.#quota ??= this.#context.quotas.take(user.subject);
    if (!this.#quota) {
      const limit = this.#context.limits.maxConnectionsPerUser;
      this.#context.metrics.userLimits.inc();
      this.#link.send(errorFrame('too-many-connections', `a user may have ${limit} connections; close one`));
      this.#link.end(CLOSE.tryAgainLater, 'too many connections');
      return false;
    }
    this.#user = user;
    return true;
  }

  /** A connection lasts no longer than the token it was opened with; a new token on it prolongs it. */
  #expireAt(expiresAt_ms = Number.POSITIVE_INFINITY): void {
    clearTimeout(this.#expiryTimer);
    if (expiresAt_ms === Number.POSITIVE_INFINITY) return;
    const rest_ms = expiresAt_ms - Date.now();
    if (rest_ms > 0) {
      this.#expiryTimer = setTimeout(() => this.#expireAt(expiresAt_ms), Math.min(rest_ms, TIMER_ms_max));
      return;
    }
    this.#link.send(errorFrame('unauthorized', 'the token has expired; get a new one'));
    this.#link.end(CLOSE.unauthorized, 'token expired');
  }

  #refused(error: unknown): void {
    if (error instanceof Error && 'code' in error && error.code === 'unavailable') {
      this.#link.send(errorFrame('unavailable', 'tokens cannot be checked now; connect again'));
      this.#link.end(CLOSE.tryAgainLater, 'unavailable');
      return;
    }
    this.#context.metrics.authenticationFailures.inc();
    this.#link.send(errorFrame('unauthorized', 'the token is not valid; get a new one'));
    this.#link.end(CLOSE.unauthorized, 'unauthorized');
  }

  #timedOut(): void {
    if (!this.#underWay) this.#context.metrics.authenticationFailures.inc();
    // Nothing was refused: a slow network must not cost the client its one new token.
    this.#link.end(CLOSE.tryAgainLater, this.#underWay ? 'authentication took too long' : 'no token');
  }
}
