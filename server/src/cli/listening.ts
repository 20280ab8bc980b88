import { AppError } from '../../../shared/errors.ts';
import type { Settings } from '../config/settings.ts';

/** Where to listen, as far as the command line says it. */
export interface ListeningOptions {
  readonly host?: string;
  readonly port?: string | number;
}

/** Settings with what was typed in the place of HOST and PORT. */
export function withListening(settings: Settings, { host, port }: ListeningOptions): Settings {
  if (port !== undefined && !/^\d{1,5}$/.test(String(port))) {
    throw new AppError('invalid_setting', `Expected --port 0 to 65535, got "${port}".`);
  }
  return {
    ...settings,
    ...(host === undefined ? {} : { HOST: host }),
    ...(port === undefined ? {} : { PORT: Number(port) }),
  };
}
