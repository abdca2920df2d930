/** Centrifugo with its history and recovery in memory, for one turn. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processorTime_ms, residentMemory_bytes } from '../../../../fixtures/processor-time.ts';
import { freePort } from '../../../../harness/processes/free-port.ts';
import type { ReaperConnection } from '../../../../harness/processes/reaper.ts';
import { startProcess } from '../../../../harness/processes/run-process.ts';
import { CHANNEL, feedEvent, HEARTBEAT } from '../conditions.ts';
import type { PeerServer } from '../peer-server.ts';

export interface CentrifugoOptions {
  readonly binary: string;
  /** Its configuration is left here. */
  readonly folder: string;
  readonly reaper: ReaperConnection;
}

const START_MS = 30_000;
const PUBLISH_MS = 5_000;

/** @throws ProcessError when it does not serve, ReaperError */
export async function startCentrifugo({ binary, folder, reaper }: CentrifugoOptions): Promise<PeerServer> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const key = randomBytes(16).toString('hex');
  const config = join(await mkdtemp(join(folder, 'centrifugo-')), 'config.json');
  await writeFile(config, JSON.stringify(configuration(port, key)), { mode: 0o600 });
  const running = await startProcess({
    name: 'centrifugo',
    command: binary,
    args: ['--config', config],
    env: { PATH: process.env.PATH ?? '' },
    reaper,
  });
  try {
    await running.waitForLine(/serving .* on 127\.0\.0\.1:/, { waitingFor: 'its endpoints', timeout_ms: START_MS });
  } catch (error) {
    await running.stop();
    throw error;
  }
  const service = { address: `http://${address}` };
  return {
    port,
    async publish(number, signal) {
      const response = await fetch(`http://${address}/api/publish`, {
        method: 'POST',
        headers: { 'X-API-Key': key },
        body: JSON.stringify({ channel: CHANNEL, data: feedEvent(number) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(PUBLISH_MS)]),
      });
      const said = await response.text();
      // It answers 200 to what it refused, too.
      if (!response.ok || said.includes('"error"'))
        throw new Error(`centrifugo did not publish event ${number}: ${response.status} ${said}`);
    },
    usage: async () => ({ rss_bytes: await residentMemory_bytes(service), cpu_ms: await processorTime_ms(service) }),
    stop: () => running.stop(),
  };
}

function configuration(port: number, key: string) {
  const seconds = (ms: number) => `${ms / 1_000}s`;
  return {
    http_server: { address: '127.0.0.1', port: String(port) },
    http_api: { key },
    prometheus: { enabled: true },
    // It would tell its makers of itself.
    usage_stats: { disabled: true },
    client: {
      allow_anonymous_connect_without_token: true,
      ping_interval: seconds(HEARTBEAT.interval_ms),
      pong_timeout: seconds(HEARTBEAT.timeout_ms),
    },
    channel: {
      without_namespace: {
        allow_subscribe_for_client: true,
        allow_subscribe_for_anonymous: true,
        history_size: 10_000,
        history_ttl: '300s',
        force_recovery: true,
      },
    },
  };
}
