import { join } from 'node:path';
import type { StackDefinition } from '../../../checks/stack.ts';
import { startProcess } from '../../../processes/run-process.ts';

/** One service, as a process of its own. */
export const small: StackDefinition<{ url: string }> = {
  id: 'small',
  components: [],
  async boot({ name, release, environment, reaper, logFolder }) {
    const service = await startProcess({
      name,
      command: process.execPath,
      args: [join(import.meta.dirname, 'service.ts')],
      env: { ...process.env, ...environment, RELEASE: release },
      reaper,
      logFile: join(logFolder, `${name}.log`),
    });
    const [, url = ''] = await service.waitForLine(/listening on (\S+)/, {
      waitingFor: 'the service',
      timeout_ms: 10_000,
    });
    return { services: { url }, reset: async () => {}, stop: () => service.stop() };
  },
};
