/**
 * As much of FlatBuffers (https://flatbuffers.dev/internals) as it takes to give a finished buffer
 * other contents. References only point forward; so what is new goes to the front, and what is
 * there already moves back as a whole and stays as it is.
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
    const layout = this.layoutOf(table);
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

  text(place: number): string {
    const length = this.#view.getUint32(place, true);
    if (place + 4 + length > this.bytes.length) throw new RangeError('Text beyond the buffer.');
    return Buffer.from(this.bytes.subarray(place + 4, place + 4 + length)).toString('utf8');
  }

  /** Where the layout of a table lies, which tables share. */
  layoutOf(table: number): number {
    return table - this.#view.getInt32(table, true);
  }

  /** A table's own bytes, without what it refers to. */
  inline(table: number): Uint8Array {
    const size = this.#view.getUint16(this.layoutOf(table) + 2, true);
    return this.bytes.slice(table, table + size);
  }
}

/** A reference of a new object: to another new one, or to a place in the buffer as it was. */
interface Reference {
  readonly at: number;
  readonly to: NewObject | number;
}

/** A table or a vector that is to lie in front of the others. */
export interface NewObject {
  readonly bytes: Uint8Array;
  readonly references: readonly Reference[];
  /** What its place must leave when divided by ALIGNMENT. */
  readonly phase: number;
  /** For a table, the place of its layout in the buffer as it was. */
  readonly layout: number | null;
}

/** The largest that scalars in tables need. */
const ALIGNMENT = 8;
/** Keeps the place of tensors, which are aligned to at most so many bytes. */
const SHIFT_ALIGNMENT = 64;
/** Reference to the root and the four letters of the format. */
const HEADER_BYTES = 8;

/**
 * A copy of a table in which some fields refer to new objects. `references` are the fields that
 * hold references, as opposed to numbers.
 */
export function copyTable(
  buffer: FlatBuffer,
  table: number,
  references: readonly number[],
  changed: ReadonlyMap<number, NewObject>,
): NewObject {
  const found: Reference[] = [];
  for (const field of references) {
    const place = buffer.field(table, field);
    if (place === null) continue;
    found.push({ at: place - table, to: changed.get(field) ?? buffer.follow(place) });
  }
  return {
    bytes: buffer.inline(table),
    references: found,
    phase: table % ALIGNMENT,
    layout: buffer.layoutOf(table),
  };
}

export function newVector(elements: readonly (NewObject | number)[]): NewObject {
  const bytes = new Uint8Array(4 + 4 * elements.length);
  new DataView(bytes.buffer).setUint32(0, elements.length, true);
  return {
    bytes,
    references: elements.map((to, index) => ({ at: 4 + 4 * index, to })),
    phase: 0,
    layout: null,
  };
}

/** The buffer with `root` and all new objects that it leads to in front. */
export function withNewRoot(buffer: FlatBuffer, root: NewObject): Uint8Array {
  const places = new Map<NewObject, number>();
  let end = HEADER_BYTES;
  for (const object of inOrder(root)) {
    const place = end + ((object.phase - (end % ALIGNMENT) + ALIGNMENT) % ALIGNMENT);
    places.set(object, place);
    end = place + object.bytes.length;
  }
  const shift = Math.ceil((end - HEADER_BYTES) / SHIFT_ALIGNMENT) * SHIFT_ALIGNMENT;
  const result = new Uint8Array(buffer.bytes.length + shift);
  result.set(buffer.bytes.subarray(0, HEADER_BYTES));
  result.set(buffer.bytes.subarray(HEADER_BYTES), HEADER_BYTES + shift);
  const view = new DataView(result.buffer);
  view.setUint32(0, places.get(root) ?? 0, true);
  for (const [object, place] of places) {
    result.set(object.bytes, place);
    if (object.layout !== null) view.setInt32(place, place - (object.layout + shift), true);
    for (const { at, to } of object.references) {
      const target = typeof to === 'number' ? to + shift : (places.get(to) ?? 0);
      view.setUint32(place + at, target - (place + at), true);
    }
  }
  return result;
}

/** Each object before those it refers to. */
function inOrder(root: NewObject): NewObject[] {
  const order: NewObject[] = [];
  const visit = (object: NewObject): void => {
    order.push(object);
    for (const { to } of object.references) if (typeof to !== 'number') visit(to);
  };
  visit(root);
  return order;
}
