/** What a page must load for a client: built by Vite as a page is, what is not used left out, minified, gzip -9. */
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';

const ENTRY = 'virtual:entry';

/** Bytes, for a page that has this one module: `export { io } from 'socket.io-client'`. */
export async function clientSize_bytes(entry: string): Promise<number> {
  const { output } = (await build({
    configFile: false,
    logLevel: 'error',
    root: import.meta.dirname,
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === ENTRY ? { id: `${import.meta.dirname}/entry.js`, moduleSideEffects: true } : null),
        load: (id) => (id === `${import.meta.dirname}/entry.js` ? entry : null),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: ENTRY, preserveEntrySignatures: 'strict', output: { format: 'es' } },
    },
  })) as Rolldown.RolldownOutput;
  const [chunk, ...others] = output;
  if (others.length > 0) throw new Error(`expected one file for "${entry}", got ${output.length}`);
  return gzipSync(chunk.code, { level: 9 }).length;
}
