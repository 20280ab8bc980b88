import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeModel, type OnnxModel } from './onnx-model.ts';

const EMPTY: OnnxModel = {
  nodes: [],
  initializers: [],
  inputs: [],
  outputs: [],
  operatorSets: {},
};

type Field = readonly [number, bigint | Buffer];

/** Any message of Protocol Buffers, by its field numbers. */
function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at] ?? 0;
      at += 1;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const bytes = (length: number): Buffer => {
    if (at + length > message.length) throw new RangeError('A field beyond its message.');
    at += length;
    return Buffer.from(message.subarray(at - length, at));
  };
  while (at < message.length) {
    const key = Number(varint());
    const wireType = key & 7;
    const value = wireType === 0 ? varint() : bytes(wireType === 5 ? 4 : Number(varint()));
    fields.push([key >> 3, value]);
  }
  return fields;
}

const childrenOf = (message: Uint8Array, field: number) =>
  fieldsOf(message).flatMap(([number, value]) =>
    number === field && typeof value !== 'bigint' ? [value] : [],
  );
const numbersOf = (message: Uint8Array, field: number) =>
  fieldsOf(message).flatMap(([number, value]) =>
    number === field && typeof value === 'bigint' ? [Number(BigInt.asIntN(64, value))] : [],
  );
const textsOf = (message: Uint8Array, field: number) => childrenOf(message, field).map(String);
const graphOf = (model: OnnxModel) => childrenOf(encodeModel(model), 7)[0] ?? Buffer.alloc(0);

test('is what onnx.proto says, to the byte', () => {
  const model = {
    ...EMPTY,
    inputs: [{ name: 'x', type: 'float32', shape: [2, 'n'] }],
    operatorSets: { '': 17 },
  } as const;
  const dimensions = '0a020802' + '0a0312016e';
  const tensor = `0a0d0801${'1209'}${dimensions}`;
  expect(Buffer.from(encodeModel(model)).toString('hex')).toBe(
    `${'0808'}${'42040a001011'}${'3a1d'}${'12056772617068'}${'5a14'}${'0a0178'}${'120f'}${tensor}`,
  );
});

test('weights come back with their shape, however long they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40_000 }), fc.string(), (bytes, name) => {
      const shape = [1, bytes.length];
      const graph = graphOf({ ...EMPTY, initializers: [{ name, type: 'uint8', shape, bytes }] });
      const [tensor = Buffer.alloc(0)] = childrenOf(graph, 5);
      expect(numbersOf(tensor, 1)).toEqual(shape);
      expect(numbersOf(tensor, 2)).toEqual([2]);
      expect(textsOf(tensor, 8)).toEqual([Buffer.from(name).toString()]);
      expect(Buffer.compare(childrenOf(tensor, 9)[0] ?? Buffer.alloc(0), bytes)).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('nodes come back in order, with every kind of attribute', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.float({ noNaN: true }), (whole, real) => {
      const attributes = {
        axis: { int: whole },
        perm: { ints: [whole, 0] },
        alpha: { float: real },
      };
      const node = { domain: 'd', inputs: ['a', ''], outputs: ['b'], attributes };
      const graph = graphOf({
        ...EMPTY,
        nodes: ['First', 'Second'].map((operator) => ({ ...node, operator })),
      });
      const nodes = childrenOf(graph, 1);
      expect(nodes.flatMap((each) => textsOf(each, 4))).toEqual(['First', 'Second']);
      for (const each of nodes) {
        expect([textsOf(each, 1), textsOf(each, 2), textsOf(each, 7)]).toEqual([
          ['a', ''],
          ['b'],
          ['d'],
        ]);
        const [axis = each, perm = each, alpha = each] = childrenOf(each, 5);
        expect([axis, perm, alpha].flatMap((one) => textsOf(one, 1))).toEqual([
          'axis',
          'perm',
          'alpha',
        ]);
        expect([numbersOf(axis, 3), numbersOf(axis, 20)]).toEqual([[whole], [2]]);
        expect([numbersOf(perm, 8), numbersOf(perm, 20)]).toEqual([[whole, 0], [7]]);
        expect(childrenOf(alpha, 2)[0]?.readFloatLE()).toBe(real);
        expect(numbersOf(alpha, 20)).toEqual([1]);
      }
    }),
  );
});
