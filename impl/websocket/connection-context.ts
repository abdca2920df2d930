/** What all connections of a server share. */
import type { Logger } from 'pino';
import type { ChannelFeeds } from '../event-log/channel-feeds.ts';
import type { HistoryReader } from '../event-log/event-log.ts';
import type { User } from '../release-parts.ts';
import type { EventServerLimits } from './limits.ts';
import type { EventServerMetrics } from './metrics.ts';
import type { UserQuotas } from './user-quotas.ts';

export interface ConnectionContext {
  readonly log: HistoryReader;
  readonly feeds: ChannelFeeds;
  readonly authenticate: (token: string) => Promise<User>;
  readonly quotas: UserQuotas;
  readonly limits: EventServerLimits;
  readonly metrics: EventServerMetrics;
  readonly logger: Logger;
}
