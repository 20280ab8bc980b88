import { opensWithoutKeys } from '../access/reach.ts';
import type { Settings } from './settings.ts';

export interface NodePlace {
  readonly nodes: number;
  readonly redisUrl: string;
  readonly dataFolder: string;
}

/** Below this no pair of languages fits. */
const MIN_TRANSLATION_MEMORY_MB = 512;
/** What a node with its models needs, and room for speakers. */
const MIN_NODE_MEMORY_MB = 1_024;
/** The balancer runs beside the nodes, and tells whom it speaks for. */
const BALANCER_ADDRESS = 'loopback';

/**
 * The environment of one node of a cluster on this machine. What the machine has is divided among the
 * nodes, unless the operator has decided; for speakers as if one node were away.
 */
export function nodeEnvironment(
  settings: Settings,
  { nodes, redisUrl, dataFolder }: NodePlace,
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const share = (whole: number, parts = nodes) => Math.max(1, Math.ceil(whole / parts));
  const shares = {
    MAX_LIVE_SESSIONS: share(settings.MAX_LIVE_SESSIONS, Math.max(1, nodes - 1)),
    AUDIO_CONVERTER_WORKERS: share(settings.AUDIO_CONVERTER_WORKERS),
    TRANSLATION_WORKERS: share(settings.TRANSLATION_WORKERS),
    TRANSLATION_MEMORY_MB: Math.max(
      MIN_TRANSLATION_MEMORY_MB,
      share(settings.TRANSLATION_MEMORY_MB),
    ),
    MEMORY_LIMIT_MB: Math.max(MIN_NODE_MEMORY_MB, share(settings.MEMORY_LIMIT_MB)),
  };
  const undecided = Object.entries(shares).filter(([name]) => !env[name]);
  return {
    ...env,
    ...Object.fromEntries(undecided.map(([name, value]) => [name, String(value)])),
    REDIS_URL: redisUrl,
    DATA_DIR: dataFolder,
    TRUST_PROXY: BALANCER_ADDRESS,
    // With a proxy of the operator's before it, others may reach it by any name.
    BALANCER_HOST: settings.TRUST_PROXY.length === 0 ? settings.HOST : '',
    // The balancer is what the world reaches, with TLS where it is wanted; its address decides.
    OPEN_TO_EVERYBODY: opensWithoutKeys(settings) ? 'yes' : 'no',
    TLS_CERT: '',
    TLS_KEY: '',
  };
}
