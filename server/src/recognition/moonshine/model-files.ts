/** Files of the model, in its folder. */
export const MODEL_FILES = {
  encoder: 'encoder_model.ort',
  decoder: 'decoder_model_merged.ort',
  tokenizer: 'tokenizer.bin',
} as const;
