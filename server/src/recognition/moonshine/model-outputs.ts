import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '../../../../shared/errors.ts';

/** An output of a model, by its name. Throws `model_damaged`. */
export function take(output: InferenceSession.OnnxValueMapType, name: string): Tensor {
  const value = output[name];
  if (value instanceof Tensor) return value;
  throw new AppError('model_damaged', `Expected an output named ${name}, got none.`);
}

export function floats(tensor: Tensor): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  throw new AppError('model_damaged', `Expected a tensor of float32, got ${tensor.type}.`);
}
