/**
 * What a component and a provider of it are. A component is a real server we did not write, a provider one way to have
 * it. A tool is a component that is run and does not serve: its URL is the `file:` URL of its program.
 */
import type { ReaperConnection } from '../processes/reaper.ts';

/** What a provider may know when it is asked whether it could serve; asking changes nothing on the machine. */
export interface ProbeContext {
  readonly env: NodeJS.ProcessEnv;
  /** `ACME`: addresses are read from `ACME_POSTGRES_URL` and so on. */
  readonly envPrefix: string;
  /** Kept from run to run; what is downloaded goes here. */
  readonly cacheFolder: string;
  readonly signal?: AbortSignal;
}

/** What a provider gets to obtain and start a component. */
export interface ComponentContext extends ProbeContext {
  readonly reaper: ReaperConnection;
  /** A temporary folder of this component. */
  readonly folder: string;
  readonly logFolder: string;
  /** Tells the user one line. */
  readonly say: (line: string) => void;
  /** Asks the user whether this command may run; decides by itself where nobody can be asked. */
  readonly confirm: (command: string) => Promise<boolean>;
  /** False: nothing is downloaded or installed. */
  readonly provision: boolean;
  /** The only provider to try, by name. */
  readonly forced?: string;
}

/** It can be started now. */
export interface Ready {
  readonly status: 'ready';
  readonly version: string;
  /** Which server it is: a path, an address. */
  readonly detail: string;
}

/** It can be started after this command has run. */
export interface Obtainable {
  readonly status: 'obtainable';
  readonly command: string;
  /** Whether the command changes the system, so that the user is asked first. */
  readonly asks: boolean;
  /** Runs the command. The provider is asked again afterwards. */
  readonly obtain: (context: ComponentContext) => Promise<void>;
}

export interface Unavailable {
  readonly status: 'unavailable';
  /** A clause without a full stop: "no redis-server is on PATH". */
  readonly reason: string;
  /** What the user can run to change that. */
  readonly command?: string;
  /** The user asked for this provider (set its variable), so the reason is told at once and not only at the end. */
  readonly wasAskedFor?: boolean;
}

export type Probe = Ready | Obtainable | Unavailable;

export interface StartedComponent {
  readonly status: 'started';
  readonly name: string;
  readonly version: string;
  readonly provider: string;
  readonly url: string;
  /** Of the server, when we started it as a process: `kill -9` is a fault a check may want. */
  readonly pid?: number;
  /** Ends what we started; a server that was there before is left alone. */
  readonly stop: () => Promise<void>;
}

export interface MissingComponent {
  readonly status: 'missing';
  readonly name: string;
  /** A sentence that says of each provider why it cannot serve. */
  readonly reason: string;
  /** The command that would get it, if there is one on this machine. */
  readonly command?: string;
}

export interface Provider {
  /** `url`, `embedded`, `path`, `wheel`, `docker`, `apt`, `go`. */
  readonly name: string;
  readonly probe: (context: ProbeContext) => Promise<Probe>;
  readonly start: (context: ComponentContext) => Promise<Omit<StartedComponent, 'status' | 'name' | 'provider'>>;
}

export interface ComponentDefinition {
  readonly name: string;
  /** In the order in which they are tried. */
  readonly providers: readonly Provider[];
}
