import type { CAC } from 'cac';

/** The command line was not understood: exit code 2, with a hint at the help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * An option's text as it was typed; the last one counts. The parser of the command line makes
 * numbers of what looks like one, which changes tokens and room names (`007`, `1e5`).
 */
export function typedOption(cli: CAC, name: string): string | undefined {
  const args = cli.rawArgs.slice(2);
  const end = args.indexOf('--');
  let text: string | undefined;
  for (const [at, arg] of args.slice(0, end < 0 ? undefined : end).entries()) {
    if (arg.startsWith(`--${name}=`)) text = arg.slice(name.length + 3);
    else if (arg === `--${name}`) text = args[at + 1];
  }
  return text === '' ? undefined : text;
}

/** Languages with commas or spaces between, each once. */
export function languageList(option: string, text: string | undefined): readonly string[] {
  const languages = (text ?? '').split(/[\s,]+/).filter((language) => language !== '');
  for (const language of languages) checkLanguage(option, language);
  return [...new Set(languages)];
}

export function checkLanguage(option: string, language: string): string {
  if (/^[a-z]{2,3}$/.test(language)) return language;
  throw new UsageError(`Expected --${option} with a language code like "es", got "${language}".`);
}

/** A number of at least `min`. */
export function numberOption(option: string, text: string, min: number): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= min) return value;
  throw new UsageError(`Expected --${option} with a number of at least ${min}, got "${text}".`);
}
