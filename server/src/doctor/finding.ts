/** What one check found, and what it means for the person who runs Parlance here. */
export interface Finding {
  /** Stable, for programs: `ffmpeg`, `redis`, `speech-model`, … */
  readonly id: string;
  readonly title: string;
  /** `fail`: speech to captions does not work; `warn`: it does, with less. */
  readonly level: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** For the user; absent where all is well. */
  readonly meaning?: string;
  /** The command, or the words, that mend it. */
  readonly mend?: string;
}

/** Whether speech becomes captions here. */
export function captionsWork(findings: readonly Finding[]): boolean {
  return findings.every(({ level }) => level !== 'fail');
}
