/** Colours and places there are; tokens.css has as many. */
const VOICES = 6;
const LANES = 3;

export interface SpeakerLook {
  /** The name, or a number where the speaker gave none. */
  label: string;
  /** Index of the colour. */
  voice: number;
  /** How far the speaker's lines are set in: 0, 1 or 2. */
  lane: number;
}

/**
 * Tells speakers apart by name, colour and place, in the order in which they came. Somebody who
 * stops and starts again under the same name looks the same.
 */
export class SpeakerLooks {
  readonly #looks = new Map<string, SpeakerLook>();
  #unnamed = 0;

  lookOf(session: string, name: string): SpeakerLook {
    const identity = name === '' ? `session:${session}` : `name:${name}`;
    const known = this.#looks.get(identity);
    if (known !== undefined) return known;
    if (name === '') this.#unnamed += 1;
    const index = this.#looks.size;
    const look = {
      label: name === '' ? `Speaker ${this.#unnamed}` : name,
      voice: index % VOICES,
      lane: index % LANES,
    };
    this.#looks.set(identity, look);
    return look;
  }
}
