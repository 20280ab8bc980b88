/**
 * As much of FlatBuffers (https://flatbuffers.dev/internals) as it takes to read a finished buffer
 * and to change numbers in it.
 */
export class FlatBuffer {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The table that holds all others. Reading outside of the buffer throws a RangeError. */
  get root(): number {
    return this.follow(0);
  }

  /** Where the reference at `place` points to. */
  follow(place: number): number {
    return place + this.#view.getUint32(place, true);
  }

  /** Where a table's field lies, or null where it is left out. Fields count from 0. */
  field(table: number, field: number): number | null {
    const layout = table - this.#view.getInt32(table, true);
    const entry = 4 + 2 * field;
    if (entry >= this.#view.getUint16(layout, true)) return null;
    const offset = this.#view.getUint16(layout + entry, true);
    return offset === 0 ? null : table + offset;
  }

  /** What a table's field refers to: another table, a vector or a text. */
  child(table: number, field: number): number | null {
    const place = this.field(table, field);
    return place === null ? null : this.follow(place);
  }

  /** What the elements of a vector of references point to. */
  elements(vector: number): number[] {
    const count = this.#view.getUint32(vector, true);
    return Array.from({ length: count }, (_, index) => this.follow(vector + 4 + 4 * index));
  }

  int32(place: number): number {
    return this.#view.getInt32(place, true);
  }

  setInt32(place: number, value: number): void {
    this.#view.setInt32(place, value, true);
  }

  text(place: number): string {
    const { buffer, byteOffset, byteLength } = this.vector(place);
    return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
  }

  /** The elements of a vector of bytes; not a copy. */
  vector(place: number): Uint8Array {
    const length = this.#view.getUint32(place, true);
    if (place + 4 + length > this.bytes.length) throw new RangeError('Vector beyond the buffer.');
    return this.bytes.subarray(place + 4, place + 4 + length);
  }
}
