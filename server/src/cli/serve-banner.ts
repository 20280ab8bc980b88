import type { Application } from '../app.ts';

export interface LanShown {
  readonly addresses: readonly string[];
  readonly accessKey: string;
  readonly fingerprint: string;
}

/** What the banner tells of. */
export type ServeFacts = Omit<Application, 'close' | 'drain'>;

/** Where speakers open the page; in a network, with the key behind the `#`. */
export function speakerLinks(
  { url, port }: Pick<Application, 'url' | 'port'>,
  lan: LanShown | null,
): readonly string[] {
  if (lan === null) return [url.replace('127.0.0.1', 'localhost')];
  const hosts = lan.addresses.length === 0 ? ['localhost'] : lan.addresses;
  return hosts.map((host) => `https://${host}:${port}/#k=${lan.accessKey}`);
}

/** What the server prints once it listens: where to go, and which engines do the work. */
export function serveBanner(application: ServeFacts, lan: LanShown | null): string {
  const { engines, warnings, advice, glossaryTerms } = application;
  const lines = ['', 'Parlance is listening.', ''];
  for (const link of speakerLinks(application, lan)) lines.push(`  Open       ${link}`);
  if (lan !== null) {
    lines.push(
      '',
      '  The part after # is the key: whoever has it may speak. Viewers get a link of their own',
      '  from the page. The certificate is self-signed, so browsers warn once; compare',
      `  SHA-256 ${lan.fingerprint}`,
    );
  }
  lines.push(
    '',
    `  Speech     ${engines.recognizer.name} (${engines.recognizer.capabilities.languages.join(', ')})`,
    `  Languages  ${describeOffers(engines)}`,
    ...(glossaryTerms === null
      ? []
      : [`  Glossary   ${glossaryTerms} ${glossaryTerms === 1 ? 'term' : 'terms'}`]),
    ...(advice === null ? [] : [`  Better     ${advice}`]),
    '',
  );
  for (const warning of warnings) lines.push(`  Note: ${warning}`);
  if (warnings.length > 0) lines.push('');
  lines.push('  Ctrl-C stops it.', '');
  return `${lines.join('\n')}\n`;
}

const QUALITY_NOTES: Readonly<Record<string, string>> = {
  basic: ', rule-based: quality is basic',
  remote: ', outside this server',
};

function describeOffers(engines: Application['engines']): string {
  const [spoken = 'en'] = engines.recognizer.capabilities.languages;
  const offers = engines.offers(spoken).filter((offer) => offer.language !== spoken);
  if (offers.length === 0) return `none: no translator from ${spoken} is installed`;
  const names = [...new Set(offers.map((offer) => offer.engine))];
  return names
    .map((name) => {
      const served = offers.filter((offer) => offer.engine === name);
      const quality = served[0]?.quality ?? 'none';
      const languages = served.map((offer) => offer.language).join(', ');
      return `${languages} by ${name}${QUALITY_NOTES[quality] ?? ''}`;
    })
    .join('; ');
}
