/** A process of clients of one contender, and what each of them heard and when. */
import { serveCommands } from '../../../fixtures/crowd/commands.ts';
import { requireOpenFiles } from '../../../fixtures/crowd/open-files.ts';
import type { ConnectPeer } from './peer-client.ts';
import { type Usage, usageOfThisProcess } from './usage.ts';

export interface Listener {
  readonly isLive: boolean;
  /** How often it was lost since it was first live. */
  readonly drops: number;
  /** The number of each event, in the order of arrival. */
  readonly numbers: readonly number[];
  /** When each of them arrived, by the machine's monotonic clock. */
  readonly at_ms: readonly number[];
}

export type AudienceCommands = {
  /** Connects clients, a few at a time; resolves when all are live. */
  gather(input: {
    readonly program: string;
    readonly address: string;
    readonly clients: number;
    readonly timeout_ms: number;
  }): Promise<void>;
  /** How many clients are live and have heard of this event or of a later one. */
  caughtUp(input: { readonly number: number }): Promise<number>;
  report(input: null): Promise<Listener[]>;
  usage(input: null): Promise<Usage>;
};

/** Connections under way at once while they gather: gathering is not what is measured. */
const GATHERING_MAX = 25;

interface Member {
  isLive: boolean;
  drops: number;
  numbers: number[];
  at_ms: number[];
}

const members: Member[] = [];

function join(connect: ConnectPeer, address: string): Promise<void> {
  const member: Member = { isLive: false, drops: 0, numbers: [], at_ms: [] };
  members.push(member);
  return new Promise((resolve) => {
    connect({
      address,
      heard(number) {
        member.numbers.push(number);
        // Not `performance.now()`: this clock is the same in all processes of the machine.
        member.at_ms.push(Number(process.hrtime.bigint()) / 1e6);
      },
      live() {
        member.isLive = true;
        resolve();
      },
      lost() {
        if (member.isLive) member.drops += 1;
        member.isLive = false;
      },
    });
  });
}

const commands: AudienceCommands = {
  async gather({ program, address, clients, timeout_ms }) {
    requireOpenFiles(clients);
    const { connect } = (await import(program)) as { connect: ConnectPeer };
    let rest = clients;
    const joinOneAfterAnother = async () => {
      for (; rest > 0; ) {
        rest -= 1;
        await join(connect, address);
      }
    };
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const live = members.filter(({ isLive }) => isLive).length;
      reject(new Error(`expected ${clients} clients to be live within ${timeout_ms} ms, ${live} were`));
    }, timeout_ms);
    try {
      await Promise.race([Promise.all(Array.from({ length: GATHERING_MAX }, joinOneAfterAnother)), late]);
    } finally {
      clearTimeout(timer);
    }
  },
  caughtUp: async ({ number }) =>
    members.filter(({ isLive, numbers }) => isLive && numbers.some((heard) => heard >= number)).length,
  report: async () => members,
  usage: async () => usageOfThisProcess(),
};

await serveCommands(commands);
