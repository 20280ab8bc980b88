import {
  type Attribute,
  type Dimension,
  type ElementType,
  encodeModel,
  type Initializer,
  type Node,
  type ValueDescription,
} from './onnx-model.ts';

/** The version of ONNX's operators that graphs are written in, and of onnxruntime's own. */
const OPERATOR_SETS = { '': 17, 'com.microsoft': 1 };

/** A value within a graph under construction. */
export interface Value {
  readonly name: string;
}

type Constant = Float32Array | Uint8Array | Int8Array | BigInt64Array;

/** Builds an ONNX graph from its inputs to its outputs, a node at a time. */
export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #inputs: ValueDescription[] = [];
  readonly #outputs: ValueDescription[] = [];
  /** Of values that are outputs, by the names that they have while the graph is built. */
  readonly #outputNames = new Map<string, string>();

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.#inputs.push({ name, type, shape });
    return { name };
  }

  /** Keeps the array until the graph is encoded. No shape: a single number. */
  constant(values: Constant, shape: readonly number[] = []): Value {
    const name = `constant${this.#initializers.length}`;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#initializers.push({ name, type: typeOf(values), shape, bytes });
    return { name };
  }

  /** A list of whole numbers, such as a shape. */
  integers(...values: readonly number[]): Value {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length]);
  }

  /**
   * Adds a node of one output. Operators that are onnxruntime's own are named with their domain, as
   * in `com.microsoft:FusedMatMul`.
   */
  add(operator: string, inputs: readonly Value[], attributes: Node['attributes'] = {}): Value {
    const output = { name: `value${this.#nodes.length}` };
    this.#addNode(operator, inputs, attributes, [output]);
    return output;
  }

  /** Adds a node of several outputs. */
  addMany(
    operator: string,
    inputs: readonly Value[],
    attributes: Node['attributes'],
    count: number,
  ): Value[] {
    const node = this.#nodes.length;
    const outputs = Array.from({ length: count }, (_, index) => ({
      name: `value${node}.${index}`,
    }));
    this.#addNode(operator, inputs, attributes, outputs);
    return outputs;
  }

  /** Gives out what a node made, once at most, under a name of its own. */
  output(name: string, value: Value, type: ElementType, shape: readonly Dimension[]): void {
    this.#outputs.push({ name, type, shape });
    this.#outputNames.set(value.name, name);
  }

  /** The graph as a file of ONNX. */
  encode(): Uint8Array {
    const rename = (name: string) => this.#outputNames.get(name) ?? name;
    return encodeModel({
      nodes: this.#nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map(rename),
        outputs: node.outputs.map(rename),
      })),
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: this.#outputs,
      operatorSets: OPERATOR_SETS,
    });
  }

  #addNode(
    qualified: string,
    inputs: readonly Value[],
    attributes: Node['attributes'],
    outputs: readonly Value[],
  ): void {
    const [operator = '', domain = ''] = qualified.split(':').reverse();
    const namesOf = (values: readonly Value[]) => values.map(({ name }) => name);
    this.#nodes.push({
      operator,
      domain,
      inputs: namesOf(inputs),
      outputs: namesOf(outputs),
      attributes,
    });
  }
}

export const int = (value: number): Attribute => ({ int: value });
export const ints = (...values: readonly number[]): Attribute => ({ ints: values });
export const float = (value: number): Attribute => ({ float: value });

function typeOf(values: Constant): ElementType {
  if (values instanceof Float32Array) return 'float32';
  if (values instanceof Uint8Array) return 'uint8';
  return values instanceof Int8Array ? 'int8' : 'int64';
}
