/** `npm run doctor`: which provider will serve each component, without starting or obtaining anything. */
import { diagnoseComponent } from '../components/diagnose.ts';
import { EXIT } from '../schema/verdict.ts';
import { contextOf, parseForced } from './components.ts';
import { loadConfig } from './config.ts';

export interface DoctorOptions {
  readonly component: readonly string[];
  readonly provision: boolean;
  readonly config: string;
}

/** Exit code 2 when a component cannot be had on this machine as it is; a tool that is missing keeps no run from its verdict. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const config = await loadConfig(options.config);
  const forced = parseForced(options.component, config);
  let whole = true;
  for (const [name, definition] of Object.entries({ ...config.components, ...config.tools })) {
    const provider = forced.get(name);
    const diagnosis = await diagnoseComponent(definition, {
      ...contextOf(config, options.provision, () => {}),
      ...(provider === undefined ? {} : { forced: provider }),
    });
    whole &&= diagnosis.servedBy !== undefined || name in (config.tools ?? {});
    process.stdout.write(`${diagnosis.text}\n`);
  }
  return whole ? EXIT.pass : EXIT.unknown;
}
