/** Values by key, which also tells whether any key goes on beyond a beginning. */
export class OrderedIndex<Value> {
  readonly #values: ReadonlyMap<string, Value>;
  readonly #keys: readonly string[];

  constructor(values: ReadonlyMap<string, Value>) {
    this.#values = values;
    this.#keys = [...values.keys()].sort(byCodeUnits);
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  /** Whether a key starts with `beginning`; a key that is `beginning` itself counts. */
  hasBeginning(beginning: string): boolean {
    const next = this.#keys[this.#firstFrom(beginning)];
    return next?.startsWith(beginning) === true;
  }

  /** Whether a longer key starts with `beginning`. */
  goesOn(beginning: string): boolean {
    const first = this.#firstFrom(beginning);
    const next = this.#keys[this.#keys[first] === beginning ? first + 1 : first];
    return next?.startsWith(beginning) === true;
  }

  /** Place of the first key that does not sort before `key`. */
  #firstFrom(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keys[middle] ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Unlike a locale's order, the one in which keys with one beginning stand together. */
function byCodeUnits(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
