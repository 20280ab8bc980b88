import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { closeSync, openSync } from 'node:fs';
import { AppError } from '../../../../shared/errors.ts';
import { FfmpegStream } from '../ffmpeg-stream.ts';

/**
 * Run under a low limit of open files: starts FFmpeg again and again, first without a free
 * descriptor, then with one more each time, in the end with plenty of which somebody else takes
 * all while FFmpeg starts. Prints how each start went; none may end this process.
 */
const held: number[] = [];

function takeAll(): void {
  try {
    while (true) held.push(openSync('/dev/null', 'r'));
  } catch {
    // The limit is reached.
  }
}

function letGo(count: number): void {
  for (const descriptor of held.splice(0, count)) closeSync(descriptor);
}

async function start(): Promise<string> {
  try {
    const stream = new FfmpegStream(process.argv[2] ?? 'ffmpeg', ['-version']);
    stream.output.resume();
    const { code, error } = await stream.exited;
    return error === null ? `code ${code}` : error.name;
  } catch (error) {
    // An unhandled 'error' of the process would come now.
    await new Promise((resolve) => setImmediate(resolve));
    return error instanceof AppError ? error.code : 'unknown';
  }
}

takeAll();
const outcomes: string[] = [];
for (let free = 0; free < 25; free += 1) {
  outcomes.push(await start());
  letGo(1);
}
subscribe('child_process', takeAll);
outcomes.push(await start());
unsubscribe('child_process', takeAll);
letGo(held.length);
outcomes.push(await start());
process.stdout.write(outcomes.join(' '));
