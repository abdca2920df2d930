/** Fills in what stands in a request's template: the same for every way of sending it. */

/** Draws ids and numbers from a seeded source, one of each for every request. */
export class RequestFiller {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A version 4 UUID (RFC 9562, 5.4). */
  drawId(): string {
    const hex = Array.from({ length: 4 }, () => this.#drawNumber().toString(16).padStart(8, '0')).join('');
    const variant = '89ab'[Math.floor(this.#random() * 4)];
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  /** What fills the templates of one request. */
  filler(id: string): (template: string) => string {
    const number = String(this.#drawNumber());
    return (template) => template.replaceAll('{id}', id).replaceAll('{number}', number);
  }

  #drawNumber(): number {
    return Math.floor(this.#random() * 2 ** 32);
  }
}
