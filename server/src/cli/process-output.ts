import { readCliConfig } from '../config/cli-config.ts';
import { type CaptionOutput, jsonOutput, screenOutput } from './caption-output.ts';
import { CaptionScreen } from './caption-screen.ts';
import { marksFor } from './marks.ts';

/** The output of this process: JSON lines, or a screen that is rewritten where it is a terminal. */
export function processOutput(json: boolean): CaptionOutput {
  const { stdout, stderr } = process;
  if (json) return jsonOutput((line) => stdout.write(line));
  const marks = marksFor(stdout);
  const live = stdout.isTTY === true && readCliConfig().rewritesLines;
  return screenOutput(new CaptionScreen({ out: stdout, notes: stderr, live, marks }), marks);
}
