import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FlatBuffer } from './flat-buffer.ts';

/** A table of a number, a text and further tables. */
interface Tree {
  readonly value: number;
  readonly text: string;
  readonly children: readonly Tree[];
}

const VALUE = 0;
const TEXT = 1;
const CHILDREN = 2;
const LEFT_OUT = 3;

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    value: fc.nat(0xffffffff),
    text: fc.string({ unit: 'binary', maxLength: 9 }),
    children: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'tree' },
      fc.constant([]),
      fc.array(tie('tree'), { maxLength: 3 }),
    ),
  }),
}));

/** The buffer that FlatBuffers' own compiler would make room for, written from front to back. */
function write(root: Tree): Uint8Array {
  const bytes: number[] = [0, 0, 0, 0, ...Buffer.from('TEST')];
  const put32 = (at: number, value: number) => {
    for (let byte = 0; byte < 4; byte += 1) bytes[at + byte] = (value >>> (8 * byte)) & 255;
  };
  const append32 = (value: number): number => {
    while (bytes.length % 4 !== 0) bytes.push(0);
    bytes.push(0, 0, 0, 0);
    put32(bytes.length - 4, value);
    return bytes.length - 4;
  };
  const refer = (at: number) => {
    while (bytes.length % 4 !== 0) bytes.push(0);
    put32(at, bytes.length - at);
  };
  const writeTable = ({ value, text, children }: Tree, from: number) => {
    while (bytes.length % 4 !== 0) bytes.push(0);
    const layout = bytes.length;
    // Its own size, the table's size, and where the three fields are; a fourth is left out.
    for (const entry of [12, 16, 4, 8, 12, 0]) bytes.push(entry, 0);
    refer(from);
    const table = append32(bytes.length - layout);
    append32(value);
    const textAt = append32(0);
    const childrenAt = append32(0);
    refer(textAt);
    const encoded = Buffer.from(text);
    append32(encoded.length);
    bytes.push(...encoded, 0);
    refer(childrenAt);
    append32(children.length);
    const places = children.map(() => append32(0));
    for (const [index, child] of children.entries()) writeTable(child, places[index] ?? table);
  };
  writeTable(root, 0);
  return Uint8Array.from(bytes);
}

function read(buffer: FlatBuffer, table = buffer.root): Tree {
  const place = buffer.field(table, VALUE) ?? 0;
  const children = buffer.child(table, CHILDREN);
  return {
    value: new DataView(buffer.bytes.buffer).getUint32(place, true),
    text: buffer.text(buffer.child(table, TEXT) ?? 0),
    children:
      children === null ? [] : buffer.elements(children).map((child) => read(buffer, child)),
  };
}

test('reads what was written, and misses what is left out', () => {
  fc.assert(
    fc.property(tree, (root) => {
      const buffer = new FlatBuffer(write(root));
      // Texts that are no UTF-8 cannot come back.
      expect(read(buffer)).toEqual(read(new FlatBuffer(write(read(buffer)))));
      expect(read(buffer).children).toHaveLength(root.children.length);
      expect(buffer.child(buffer.root, LEFT_OUT)).toBeNull();
      expect(buffer.child(buffer.root, LEFT_OUT + 1)).toBeNull();
    }),
  );
});

test('a buffer that is cut short is noticed wherever it is cut', () => {
  const bytes = write({ value: 1, text: 'text', children: [] });
  const last = new FlatBuffer(bytes);
  const end = (last.child(last.root, CHILDREN) ?? 0) + 4;
  for (let length = 0; length < end; length += 1) {
    expect(() => {
      const cut = new FlatBuffer(bytes.slice(0, length));
      read(cut);
      cut.elements(cut.child(cut.root, CHILDREN) ?? 0);
    }).toThrow(RangeError);
  }
});

test('a vector that claims to be longer than the buffer is not read', () => {
  const bytes = write({ value: 1, text: 'text', children: [] });
  const buffer = new FlatBuffer(bytes);
  const children = buffer.child(buffer.root, CHILDREN) ?? 0;
  new DataView(bytes.buffer).setUint32(children, 0xffffffff, true);
  expect(() => buffer.elements(children)).toThrow(RangeError);
});

test('the bytes of a vector are those of the buffer itself', () => {
  const bytes = write({ value: 1, text: 'text', children: [] });
  const buffer = new FlatBuffer(bytes);
  const vector = buffer.vector(buffer.child(buffer.root, TEXT) ?? 0);
  expect(Buffer.from(vector).toString()).toBe('text');
  expect(vector.buffer).toBe(bytes.buffer);
});
