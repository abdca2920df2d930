/** What a page must load for the client: one source for browsers and Node, no dependency, at most 5 KB. */
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { expect, test } from 'vitest';

/** The module and all that it imports, as a page would load it: built, minified. */
async function bundle(file: string): Promise<Rolldown.OutputChunk> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: new URL(file, import.meta.url).pathname,
        preserveEntrySignatures: 'strict',
        output: { format: 'es' },
      },
    },
  })) as Rolldown.RolldownOutput;
  expect(built.output).toHaveLength(1);
  return built.output[0];
}

test.each([
  ['./client.ts', 'createEventClient', 5_000],
  ['./drop-in.ts', 'ReconnectingWebSocket', 5_000],
])('%s needs nothing besides itself and is within its size', async (file, name, max_bytes) => {
  const { code, exports, imports, dynamicImports, moduleIds } = await bundle(file);
  expect(exports).toContain(name);
  expect([...imports, ...dynamicImports]).toEqual([]);
  expect(moduleIds.filter((id) => !id.startsWith(new URL('..', import.meta.url).pathname))).toEqual([]);
  expect(code).not.toMatch(/node:|require\(|process\./);
  const size_bytes = gzipSync(code, { level: 9 }).length;
  expect(size_bytes).toBeLessThanOrEqual(max_bytes);
});
