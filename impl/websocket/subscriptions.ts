/**
 * The channels a client wants, whatever becomes of its connections. Nothing is queued for a connection to come: what
 * each one is told is the present state, a frame a channel, so being offline costs no more than being connected.
 */
import { Channel, type ChannelOwner } from './channel.ts';
import { EventClientError } from './client-error.ts';
import type { Handler } from './event-queue.ts';
import type { EventFrame, SubscribedFrame } from './frames.ts';

export class Subscriptions {
  readonly #owner: ChannelOwner;
  readonly #channels = new Map<string, Channel>();
  /** Those the server had no room for. They are asked for again one by one, as others leave. */
  readonly #refused = new Set<string>();

  constructor(owner: ChannelOwner) {
    this.#owner = owner;
  }

  /**
   * The server is told of a channel's last handler leaving only after the present turn, so that leaving and joining
   * anew (React's StrictMode, a resubscription inside a handler) neither loses nor repeats events.
   * @throws {EventClientError} `too-many-channels` beyond `maxChannels`
   */
  add(name: string, handler: Handler): () => void {
    let channel = this.#channels.get(name);
    if (!channel) {
      const { maxChannels } = this.#owner.context.limits;
      if (this.#channels.size >= maxChannels) {
        const message = `subscribe ${name}: expected at most ${maxChannels} channels; leave one or set maxChannels`;
        throw new EventClientError('too-many-channels', message);
      }
      channel = new Channel(name, this.#owner);
      this.#channels.set(name, channel);
      channel.ask();
    }
    const joined = channel;
    const remove = joined.add(handler);
    return () => {
      remove();
      queueMicrotask(() => this.#leave(name, joined));
    };
  }

  /** Asks for every channel that was not refused, on a new connection. */
  ask(): void {
    for (const [name, channel] of this.#channels) if (!this.#refused.has(name)) channel.ask();
  }

  refuse(name: string): void {
    if (this.#channels.has(name)) this.#refused.add(name);
  }

  forget(): void {
    for (const channel of this.#channels.values()) channel.forget();
  }

  /** False if the channel is not wanted (any more), or this is not the answer to what was asked last. */
  confirm(frame: SubscribedFrame): boolean {
    return this.#channels.get(frame.channel)?.confirm(frame) ?? false;
  }

  receive(frame: EventFrame, size: number): void {
    this.#channels.get(frame.channel)?.receive(frame, size);
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.end();
    this.#channels.clear();
    this.#refused.clear();
  }

  #leave(name: string, channel: Channel): void {
    if (!channel.isUnused || this.#channels.get(name) !== channel) return;
    channel.end();
    this.#channels.delete(name);
    this.#owner.send({ type: 'unsubscribe', channel: name });
    if (this.#refused.delete(name)) return;
    const [next] = this.#refused;
    if (next === undefined) return;
    this.#refused.delete(next);
    this.#channels.get(next)?.ask();
  }
}
