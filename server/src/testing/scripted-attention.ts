import {
  ATTENTION_HEADS,
  ATTENTION_LAYERS,
  CrossAttention,
} from '../recognition/moonshine/word-times/cross-attention.ts';

/** For tests: attention whose heads all look alike, `looks` tells for each step at which frames. */
export function scriptedAttention(
  frames: number,
  looks: readonly ((frame: number) => number)[],
): CrossAttention {
  const heads = ATTENTION_HEADS / ATTENTION_LAYERS.length;
  const attention = new CrossAttention();
  for (const look of looks) {
    const layer = Float32Array.from({ length: heads * frames }, (_, at) => look(at % frames));
    attention.append(
      ATTENTION_LAYERS.map(() => layer),
      1,
    );
  }
  return attention;
}
