/** The event server's metrics. */
import { Counter, Gauge, type Registry } from 'prom-client';

export type EventServerMetrics = ReturnType<typeof createMetrics>;

export function createMetrics(registry: Registry) {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name: `tars_websocket_${name}`, help, registers });
  const gauge = (name: string, help: string) => new Gauge({ name: `tars_websocket_${name}`, help, registers });
  return {
    connections: gauge('connections', 'Open WebSocket connections'),
    subscriptions: gauge('subscriptions', 'Channels subscribed to, summed over connections'),
    eventsSent: counter('events_sent_total', 'Events sent to clients, replayed ones included'),
    eventsReplayed: counter('events_replayed_total', 'Events sent to clients from history'),
    gaps: counter('gaps_total', 'Subscribers told that events cannot be replayed'),
    slowConsumers: counter('slow_consumers_total', 'Connections closed because the client read too slowly'),
    deadPeers: counter('dead_peers_total', 'Connections ended because the client was silent too long'),
    userLimits: counter('user_limits_total', 'Connections and subscriptions refused because their user has too many'),
    authenticationFailures: counter('authentication_failures_total', 'Connections that sent no valid token'),
  };
}
