import { AppError } from '../../../../shared/errors.ts';
import { FlatBuffer } from './decoder/flat-buffer.ts';

/** Fields of onnxruntime/core/flatbuffers/schema/ort.fbs, by their number. */
const SESSION = { model: 1 };
const MODEL = { graph: 7 };
const GRAPH = { initializers: 0, nodeArgs: 1 };
const TENSOR = { name: 0, type: 3, data: 4 };
const VALUE_INFO = { name: 0, type: 2 };
const TYPE_INFO = { value: 2 };
const TENSOR_TYPE = { element: 0 };

/** Of ONNX's element types. */
const UINT8 = 2;
const INT8 = 3;
const SIGN_BIT = 128;

/**
 * Makes the unsigned weights and zero points of a model (.ort) signed, each less by 128: products are
 * the same, and faster where `fastestExactType` says so. Changes `file` itself and returns it. Throws
 * `model_damaged`, or a RangeError where the file is cut short.
 */
export function signWeights(file: Uint8Array): Uint8Array {
  const buffer = new FlatBuffer(file);
  const present = (place: number | null): number => {
    if (place !== null) return place;
    throw new AppError('model_damaged', 'Expected a whole model, got one with a part left out.');
  };
  const child = (table: number, field: number) => present(buffer.child(table, field));
  const graph = child(child(buffer.root, SESSION.model), MODEL.graph);

  const signed = new Set<string>();
  for (const tensor of buffer.elements(child(graph, GRAPH.initializers))) {
    const type = buffer.field(tensor, TENSOR.type);
    if (type === null || buffer.int32(type) !== UINT8) continue;
    const bytes = buffer.vector(child(tensor, TENSOR.data));
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = (bytes[at] as number) ^ SIGN_BIT;
    buffer.setInt32(type, INT8);
    signed.add(buffer.text(child(tensor, TENSOR.name)));
  }
  for (const value of buffer.elements(child(graph, GRAPH.nodeArgs))) {
    if (!signed.has(buffer.text(child(value, VALUE_INFO.name)))) continue;
    const type = child(child(value, VALUE_INFO.type), TYPE_INFO.value);
    buffer.setInt32(present(buffer.field(type, TENSOR_TYPE.element)), INT8);
  }
  return file;
}
