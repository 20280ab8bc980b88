/** What the commands that talk to a server take from the environment; options go before it. */
export interface CliConfig {
  /** PARLANCE_URL: the server. */
  readonly url: string;
  /** PARLANCE_TOKEN: the key to speak, or a watch token. */
  readonly token: string | undefined;
  /** FFMPEG_BIN: the FFmpeg that reads audio files. */
  readonly ffmpegBin: string | undefined;
  /** TERM: false where the terminal cannot rewrite a line. */
  readonly rewritesLines: boolean;
}

export const DEFAULT_URL = 'http://localhost:8080';

/** Names of the settings of these commands, for the check that docs/settings.md has each. */
export const CLI_SETTING_NAMES: readonly string[] = ['PARLANCE_URL', 'PARLANCE_TOKEN'];

/** Empty values count as not set. */
export function readCliConfig(env: NodeJS.ProcessEnv = process.env): CliConfig {
  return {
    url: env.PARLANCE_URL || DEFAULT_URL,
    token: env.PARLANCE_TOKEN || undefined,
    ffmpegBin: env.FFMPEG_BIN || undefined,
    rewritesLines: env.TERM !== 'dumb',
  };
}
