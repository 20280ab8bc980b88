import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPipelineStarter, type PipelineProcess } from './pipeline-process.ts';
import { ProcessMark } from './testing/marked-processes.ts';

const ECHO = ['cat'];
const LISTEN_TO_NOBODY = ['sh', '-c', "trap '' TERM HUP; exec sleep 600"];

describe('createPipelineStarter', () => {
  let mark: ProcessMark;
  const started: PipelineProcess[] = [];
  const onAnswer = vi.fn<(raw: string) => void>();
  const onEnd = vi.fn<() => void>();
  const start = (...stages: string[][]): PipelineProcess => {
    const starter = createPipelineStarter({
      programDirs: ['/usr/bin', '/bin', mark.folder],
      stopTimeoutMs: 200,
      maxAnswerBytes: 100_000,
    });
    const pipeline = starter(stages, { onAnswer, onEnd });
    started.push(pipeline);
    return pipeline;
  };

  beforeEach(() => {
    mark = new ProcessMark();
    vi.clearAllMocks();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((pipeline) => pipeline.stop()));
    expect(await mark.find()).toEqual([]);
  });

  it('hands over what is between NULs, however the bytes come', async () => {
    const pipeline = start(ECHO, ECHO);
    const bytes = Buffer.from('añil\0\0漢字\0😀\0');
    for (const byte of bytes) pipeline.write(Buffer.from([byte]));
    await vi.waitFor(() => expect(onAnswer).toHaveBeenCalledTimes(4));
    expect(onAnswer.mock.calls.flat()).toEqual(['añil', '', '漢字', '😀']);
    expect(onEnd).not.toHaveBeenCalled();
  });

  it('gives the programs nothing of this process but a PATH and a locale', async () => {
    const pipeline = start(['sh', '-c', 'env | sort; printf "\\0"']);
    await vi.waitFor(() => expect(onAnswer).toHaveBeenCalledOnce());
    const names = onAnswer.mock.calls[0]?.[0].match(/^[A-Z_]+(?==)/gm);
    expect(names).toEqual(['LC_ALL', 'PATH', 'PWD']);
    await pipeline.stop();
  });

  it('passes arguments on as they are', async () => {
    start(['printf', '%s\\0', 'it\'s $HOME `id` "x" \\ *']);
    await vi.waitFor(() => expect(onAnswer).toHaveBeenCalledOnce());
    expect(onAnswer).toHaveBeenCalledWith('it\'s $HOME `id` "x" \\ *');
  });

  it.each([
    ['the first program ends', [['true'], ECHO]],
    ['a program in the middle ends', [ECHO, ['true'], ECHO]],
    ['the last program ends', [LISTEN_TO_NOBODY, ['true']]],
    ['a program is not there', [['no-such-program'], ECHO]],
    ['the answer has no end', [['yes']]],
  ])('tells once when %s', async (_, stages) => {
    const pipeline = start(...stages);
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledOnce(), { timeout: 5_000 });
    pipeline.write(Buffer.from('too late\0'));
    await pipeline.stop();
    expect(onEnd).toHaveBeenCalledOnce();
    expect(onAnswer).not.toHaveBeenCalled();
  });

  it('kills programs that do not end when they are asked to', async () => {
    const pipeline = start(LISTEN_TO_NOBODY, LISTEN_TO_NOBODY);
    await vi.waitFor(async () => expect(await mark.programs('sleep')).toHaveLength(2));
    await Promise.all([pipeline.stop(), pipeline.stop()]);
    await vi.waitFor(async () => expect(await mark.find()).toEqual([]));
    expect(onEnd).not.toHaveBeenCalled();
  });

  it('ends programs that were stopped', async () => {
    const pipeline = start(ECHO, ECHO);
    await vi.waitFor(async () => expect(await mark.programs('cat')).toHaveLength(2));
    for (const { pid } of await mark.find()) process.kill(pid, 'SIGSTOP');
    await pipeline.stop();
    expect(await mark.find()).toEqual([]);
  });

  it('can be stopped before it has begun', async () => {
    const pipeline = start(ECHO, ECHO, ECHO);
    await pipeline.stop();
    await vi.waitFor(async () => expect(await mark.find()).toEqual([]));
  });
});
