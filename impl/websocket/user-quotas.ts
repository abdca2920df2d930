/** What each user holds of a server: connections and subscriptions. Keeps no user that holds none. */
import type { EventServerLimits } from './limits.ts';

interface Holding {
  connections: number;
  subscriptions: number;
}

/** One connection's share. */
export interface UserQuota {
  readonly subject: string;
  /** False if the user has as many subscriptions as a user may. */
  takeSubscription(): boolean;
  releaseSubscription(): void;
  /** The connection is over; its subscriptions were released before. */
  release(): void;
}

export class UserQuotas {
  readonly #limits: EventServerLimits;
  readonly #holdings = new Map<string, Holding>();

  constructor(limits: EventServerLimits) {
    this.#limits = limits;
  }

  /** Users that hold something. */
  get size(): number {
    return this.#holdings.size;
  }

  /** Undefined if the user has as many connections as a user may. */
  take(subject: string): UserQuota | undefined {
    const { maxConnectionsPerUser, maxSubscriptionsPerUser } = this.#limits;
    const holding = this.#holdings.get(subject) ?? { connections: 0, subscriptions: 0 };
    if (holding.connections >= maxConnectionsPerUser) return undefined;
    holding.connections += 1;
    this.#holdings.set(subject, holding);
    return {
      subject,
      takeSubscription() {
        if (holding.subscriptions >= maxSubscriptionsPerUser) return false;
        holding.subscriptions += 1;
        return true;
      },
      releaseSubscription() {
        holding.subscriptions -= 1;
      },
      release: () => {
        holding.connections -= 1;
        if (holding.connections === 0) this.#holdings.delete(subject);
      },
    };
  }
}
