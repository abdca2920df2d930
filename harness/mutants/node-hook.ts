/** Preloaded into a service process with `--import`: makes the change that its environment names, as Node loads the file. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { applyChange } from './change.ts';
import { changeIn } from './environment.ts';

const change = changeIn(process.env);

if (change !== undefined) {
  registerHooks({
    load(url, context, nextLoad) {
      if (!url.startsWith('file:') || fileURLToPath(url) !== change.file) return nextLoad(url, context);
      const source = applyChange(readFileSync(change.file, 'utf8'), change);
      return { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}
