import { AppError } from '../../../../../shared/errors.ts';
import { copyTable, FlatBuffer, type NewObject, newVector, withNewRoot } from './flat-buffer.ts';

/** Fields of onnxruntime/core/flatbuffers/schema/ort.fbs, by their number. */
const SESSION = { model: 1, references: [0, 1, 2, 3] };
const MODEL = { graph: 7, references: [1, 2, 3, 4, 6, 7, 8, 9] };
const GRAPH = { nodeArgs: 1, nodes: 2, outputs: 6, references: [0, 1, 2, 4, 5, 6, 7, 8] };
const NODE = {
  opType: 5,
  outputs: 9,
  attributes: 10,
  references: [0, 1, 2, 5, 7, 8, 9, 10, 11, 12],
};
const ATTRIBUTE = { graph: 7, references: [0, 1, 5, 6, 7, 8, 9, 10, 11, 12] };
const VALUE_INFO = { name: 0 };

/**
 * An onnxruntime model (.ort) that also gives out values from within, by their names. The model
 * must be a "merged" one, whose branches of one `If` both make these values. Nothing is computed
 * that was not computed before. Throws `model_damaged` where the model is not like that.
 */
export function exposeOutputs(model: Uint8Array, names: readonly string[]): Uint8Array {
  try {
    return expose(new FlatBuffer(model), names);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError('model_damaged', 'Expected a whole model, got one that is cut short.', {
      cause: error,
    });
  }
}

function expose(buffer: FlatBuffer, names: readonly string[]): Uint8Array {
  const child = (table: number, field: number, what: string): number => {
    const place = buffer.child(table, field);
    if (place !== null) return place;
    throw new AppError('model_damaged', `Expected ${what} in a model, got none.`);
  };
  const namesOf = (vector: number) => buffer.elements(vector).map((place) => buffer.text(place));
  const model = child(buffer.root, SESSION.model, 'a graph');
  const graph = child(model, MODEL.graph, 'a graph');
  const nodeArgs = buffer.elements(child(graph, GRAPH.nodeArgs, 'values'));
  const nodes = buffer.elements(child(graph, GRAPH.nodes, 'nodes'));
  const choice = nodes.find((node) => buffer.text(child(node, NODE.opType, 'a type')) === 'If');
  if (choice === undefined) {
    throw new AppError('model_damaged', 'Expected a merged decoder, got one without branches.');
  }
  const inside = new Map<string, number>();

  const copyBranch = (attribute: number): NewObject => {
    const branch = child(attribute, ATTRIBUTE.graph, 'a branch');
    for (const value of buffer.elements(child(branch, GRAPH.nodeArgs, 'values'))) {
      const name = buffer.text(child(value, VALUE_INFO.name, 'a name'));
      if (names.includes(name)) inside.set(name, value);
    }
    const outputs = grow(child(branch, GRAPH.outputs, 'outputs'));
    return copyTable(
      buffer,
      attribute,
      ATTRIBUTE.references,
      new Map([
        [
          ATTRIBUTE.graph,
          copyTable(buffer, branch, GRAPH.references, new Map([[GRAPH.outputs, outputs]])),
        ],
      ]),
    );
  };
  const nameOf = (name: string): number => {
    const value = inside.get(name);
    if (value !== undefined) return child(value, VALUE_INFO.name, 'a name');
    throw new AppError('model_damaged', `Expected a value named ${name}, got none.`);
  };
  const grow = (outputs: number): NewObject => {
    const known = namesOf(outputs);
    return newVector([
      ...buffer.elements(outputs),
      ...names.filter((name) => !known.includes(name)).map(nameOf),
    ]);
  };

  const branches = buffer
    .elements(child(choice, NODE.attributes, 'branches'))
    .map((attribute) => copyBranch(attribute));
  const newChoice = copyTable(
    buffer,
    choice,
    NODE.references,
    new Map([
      [NODE.outputs, grow(child(choice, NODE.outputs, 'outputs'))],
      [NODE.attributes, newVector(branches)],
    ]),
  );
  const newGraph = copyTable(
    buffer,
    graph,
    GRAPH.references,
    new Map([
      [GRAPH.nodeArgs, newVector([...nodeArgs, ...inside.values()])],
      [GRAPH.nodes, newVector(nodes.map((node) => (node === choice ? newChoice : node)))],
      [GRAPH.outputs, grow(child(graph, GRAPH.outputs, 'outputs'))],
    ]),
  );
  const newModel = copyTable(buffer, model, MODEL.references, new Map([[MODEL.graph, newGraph]]));
  return withNewRoot(
    buffer,
    copyTable(buffer, buffer.root, SESSION.references, new Map([[SESSION.model, newModel]])),
  );
}
