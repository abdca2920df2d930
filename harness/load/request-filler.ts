/** Fills in what stands in a request's template: the same for every way of sending it. */

/** Draws an id, a number and, where there are choices, one of those for every request, from a seeded source. */
export class RequestFiller {
  readonly #random: () => number;
  readonly #choices: readonly string[];

  constructor(random: () => number, choices: readonly string[] = []) {
    this.#random = random;
    this.#choices = choices;
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
    const choice = this.#drawChoice();
    return (template) => template.replaceAll('{id}', id).replaceAll('{number}', number).replaceAll('{choice}', choice);
  }

  /** Without choices nothing is drawn: a load that has none stays the same for its seed. */
  #drawChoice(): string {
    if (this.#choices.length === 0) return '';
    return this.#choices[Math.floor(this.#random() * this.#choices.length)] as string;
  }

  #drawNumber(): number {
    return Math.floor(this.#random() * 2 ** 32);
  }
}
