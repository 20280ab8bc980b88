/**
 * What FFmpeg may open, and how much it may take. It reads what strangers send, so it is told by name
 * what that may be; everything else (playlists, streams over networks, devices, scripts) is refused
 * before it is looked at. The names are those of `ffmpeg -demuxers`, `-decoders` and `-protocols`.
 */

/** Frames of a speaker: one stream of Opus, in pages that we made ourselves. */
export const LIVE_INPUT: readonly string[] = [
  ...['-protocol_whitelist', 'pipe'],
  ...['-format_whitelist', 'ogg', '-codec_whitelist', 'opus'],
];

/** Containers that hold speech. None of them leads anywhere else: no playlist, no list of files. */
const FILE_DEMUXERS = [
  ...['aac', 'ac3', 'aiff', 'amr', 'ape', 'asf', 'au', 'avi', 'caf', 'eac3', 'flac', 'flv'],
  ...['matroska', 'mov', 'mp3', 'mpeg', 'mpegts', 'ogg', 'tta', 'w64', 'wav', 'wv'],
];
/** Audio alone: pictures and films in a file are not decoded, whatever is wrong with them. */
const FILE_DECODERS = [
  ...['aac', 'aac_fixed', 'aac_latm', 'ac3', 'ac3_fixed', 'eac3', 'alac', 'amrnb', 'amrwb', 'ape'],
  ...['flac', 'mp1', 'mp1float', 'mp2', 'mp2float', 'mp3', 'mp3float', 'nellymoser', 'opus'],
  ...['libopus', 'speex', 'libspeex', 'tta', 'vorbis', 'libvorbis', 'wavpack', 'wmapro'],
  ...['wmalossless', 'wmav1', 'wmav2', 'adpcm_ima_qt', 'adpcm_ima_wav', 'adpcm_ms', 'adpcm_swf'],
  ...['gsm', 'gsm_ms', 'pcm_alaw', 'pcm_mulaw', 'pcm_f32be', 'pcm_f32le', 'pcm_f64be', 'pcm_f64le'],
  ...['pcm_s8', 'pcm_u8', 'pcm_s16be', 'pcm_s16le', 'pcm_s24be', 'pcm_s24le', 'pcm_s32be'],
  ...['pcm_s32le', 'pcm_bluray', 'pcm_dvd'],
];

/** A file of the user's own, by its path. */
export const FILE_INPUT: readonly string[] = [
  ...['-protocol_whitelist', 'file,pipe'],
  ...['-format_whitelist', FILE_DEMUXERS.join(',')],
  ...['-codec_whitelist', FILE_DECODERS.join(',')],
];

/** The largest single block of memory: a file's own numbers must not make it take more. */
const MAX_BLOCK_BYTES = 64 * 2 ** 20;
/** Private memory of one process, where the system can limit it: an honest one takes 35 MB. */
export const MAX_FFMPEG_MB = 256;
/** Processor time for one file: more than a day of speech takes. */
const MAX_FILE_CPU_S = 1_800;
/** A file of which nothing comes for so long, though somebody waits, holds nothing that can be read. */
export const FILE_STALL_MS = 60_000;

/** Limits that FFmpeg puts upon itself. */
export const BLOCK_LIMIT: readonly string[] = ['-max_alloc', `${MAX_BLOCK_BYTES}`];
export const FILE_TIME_LIMIT: readonly string[] = ['-timelimit', `${MAX_FILE_CPU_S}`];

const KB_PER_MB = 1024;
/** What `sh` says where there is nothing to run. */
export const SHELL_NOT_FOUND = 127;
/**
 * The shell limits itself and then becomes the program (the same process). A system that cannot
 * limit this (macOS) leaves it be.
 */
const LIMITED = 'ulimit -d "$1" 2>/dev/null; shift; exec "$0" "$@"';

/** A command that runs another with at most so much memory; Windows has no such limit. */
export function withinMemory(
  command: string,
  args: readonly string[],
  maxMb: number,
): { command: string; args: readonly string[] } {
  if (process.platform === 'win32') return { command, args };
  return { command: '/bin/sh', args: ['-c', LIMITED, command, `${maxMb * KB_PER_MB}`, ...args] };
}
