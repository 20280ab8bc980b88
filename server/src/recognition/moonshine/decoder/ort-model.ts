import { AppError } from '../../../../../shared/errors.ts';
import { FlatBuffer } from './flat-buffer.ts';

/** Fields of onnxruntime/core/flatbuffers/schema/ort.fbs, by their number. */
const SESSION = { model: 1 };
const MODEL = { graph: 7 };
const GRAPH = { initializers: 0, nodes: 2 };
const NODE = { name: 0, operator: 5, inputs: 8, attributes: 10 };
const ATTRIBUTE = { name: 0, graph: 7 };
const TENSOR = { name: 0, data: 4 };

export interface OrtNode {
  readonly operator: string;
  readonly inputs: readonly string[];
}

/** Reads weights and nodes from onnxruntime's own format (.ort). */
export class OrtModel {
  readonly #buffer: FlatBuffer;
  readonly #graph: number;
  readonly #weights: Map<string, number>;

  constructor(bytes: Uint8Array) {
    this.#buffer = new FlatBuffer(bytes);
    this.#graph = this.#child(this.#child(this.#buffer.root, SESSION.model), MODEL.graph);
    this.#weights = new Map(
      this.#elements(this.#graph, GRAPH.initializers).map((tensor) => [
        this.#text(tensor, TENSOR.name),
        tensor,
      ]),
    );
  }

  /** The contents of a weight of the outermost graph; not a copy. */
  weight(name: string): Uint8Array {
    const tensor = this.#weights.get(name);
    if (tensor === undefined) {
      throw new AppError('model_damaged', `Expected a weight named ${name}, got none.`);
    }
    return this.#buffer.vector(this.#child(tensor, TENSOR.data));
  }

  /** The nodes of one branch of an `If`, by name. */
  branch(name: string): Map<string, OrtNode> {
    const choice = this.#elements(this.#graph, GRAPH.nodes).find(
      (node) => this.#text(node, NODE.operator) === 'If',
    );
    const branch =
      choice &&
      this.#elements(choice, NODE.attributes).find(
        (attribute) => this.#text(attribute, ATTRIBUTE.name) === name,
      );
    if (branch === undefined) {
      throw new AppError(
        'model_damaged',
        `Expected a model with a branch named ${name}, got none.`,
      );
    }
    return new Map(
      this.#elements(this.#child(branch, ATTRIBUTE.graph), GRAPH.nodes).map((node) => [
        this.#text(node, NODE.name),
        {
          operator: this.#text(node, NODE.operator),
          inputs: this.#elements(node, NODE.inputs).map((place) => this.#buffer.text(place)),
        },
      ]),
    );
  }

  #child(table: number, field: number): number {
    const place = this.#buffer.child(table, field);
    if (place !== null) return place;
    throw new AppError('model_damaged', `Expected field ${field} in a part of a model, got none.`);
  }

  #elements(table: number, field: number): number[] {
    return this.#buffer.elements(this.#child(table, field));
  }

  #text(table: number, field: number): string {
    return this.#buffer.text(this.#child(table, field));
  }
}
