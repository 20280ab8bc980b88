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
  const child = (table: number, field: number): number => {
    const place = buffer.child(table, field);
    if (place !== null) return place;
    throw new AppError('model_damaged', `Expected field ${field} in a part of a model, got none.`);
  };
  const elements = (table: number, field: number) => buffer.elements(child(table, field));
  const model = child(buffer.root, SESSION.model);
  const graph = child(model, MODEL.graph);
  const known = elements(graph, GRAPH.outputs).map((place) => buffer.text(place));
  const wanted = names.filter((name) => !known.includes(name));
  if (wanted.length === 0) return buffer.bytes;

  const nodes = elements(graph, GRAPH.nodes);
  const choice = nodes.find((node) => buffer.text(child(node, NODE.opType)) === 'If');
  if (choice === undefined) {
    throw new AppError('model_damaged', 'Expected a merged model, got one without branches.');
  }
  const changed = (
    table: number,
    kind: { readonly references: readonly number[] },
    fields: readonly (readonly [number, NewObject])[],
  ) => copyTable(buffer, table, kind.references, new Map(fields));
  /** The list in a field, and more behind it. */
  const grown = (table: number, field: number, more: readonly number[]) =>
    [field, newVector([...elements(table, field), ...more])] as const;
  const nameOf = (value: number) => child(value, VALUE_INFO.name);
  /** The wanted values of a branch, in their order. */
  const valuesOf = (branch: number): number[] => {
    const all = elements(branch, GRAPH.nodeArgs);
    const texts = all.map((value) => buffer.text(nameOf(value)));
    return wanted.map((name) => {
      const value = all[texts.indexOf(name)];
      if (value !== undefined) return value;
      throw new AppError('model_damaged', `Expected a value named ${name}, got none.`);
    });
  };

  const branches = elements(choice, NODE.attributes).map((attribute) => {
    const branch = child(attribute, ATTRIBUTE.graph);
    const values = valuesOf(branch);
    const newBranch = changed(branch, GRAPH, [grown(branch, GRAPH.outputs, values.map(nameOf))]);
    return { values, copy: changed(attribute, ATTRIBUTE, [[ATTRIBUTE.graph, newBranch]]) };
  });
  // Names are each graph's own: the graph around gets values of the same names and types.
  const values = branches[0]?.values ?? [];
  const newNames = values.map(nameOf);
  const newChoice = changed(choice, NODE, [
    grown(choice, NODE.outputs, newNames),
    [NODE.attributes, newVector(branches.map(({ copy }) => copy))],
  ]);
  const newGraph = changed(graph, GRAPH, [
    grown(graph, GRAPH.nodeArgs, values),
    [GRAPH.nodes, newVector(nodes.map((node) => (node === choice ? newChoice : node)))],
    grown(graph, GRAPH.outputs, newNames),
  ]);
  const newModel = changed(model, MODEL, [[MODEL.graph, newGraph]]);
  return withNewRoot(buffer, changed(buffer.root, SESSION, [[SESSION.model, newModel]]));
}
