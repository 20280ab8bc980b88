import { AppError } from '../../../shared/errors.ts';
import type { GatewayParts } from './gateway-parts.ts';

/** Throws `language_unsupported` where `spoken` is not recognised, or one of `read` not reached from it. */
export function checkLanguages(
  { recognizable, engines }: Pick<GatewayParts, 'recognizable' | 'engines'>,
  spoken: string,
  read: readonly string[],
): void {
  if (!recognizable.includes(spoken)) {
    throw new AppError(
      'language_unsupported',
      `Expected a spoken language out of ${recognizable.join(', ')}, got ${spoken}: no recogniser for it is installed.`,
    );
  }
  const unreachable = read.filter(
    (language) => language !== spoken && engines.translator.route(spoken, language) === null,
  );
  if (unreachable.length > 0) {
    const reachable = engines.translator.targets(spoken);
    throw new AppError(
      'language_unsupported',
      `Expected languages out of ${reachable.join(', ') || '(none: no translator is installed)'}, got ${unreachable.join(', ')}: no translator from ${spoken} reaches it. See parlance doctor.`,
    );
  }
}
