import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

const VALID_DAYS = 365;
const RENEW_BEFORE_MS = 30 * 86_400_000;
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** What a server in a local network shows and asks for. */
export interface LanIdentity {
  readonly certificate: string;
  readonly privateKey: string;
  /** Speaking needs it; it goes after the `#` of the speaker's link. */
  readonly accessKey: string;
  /** SHA-256 of the certificate, to compare with what a browser shows. */
  readonly fingerprint: string;
}

/** IPv4 addresses under which this machine is reached from its network, private ones first. */
export function lanAddresses(interfaces = networkInterfaces()): readonly string[] {
  return Object.values(interfaces)
    .flat()
    .filter((address) => address !== undefined)
    .filter((address) => address.family === 'IPv4' && !address.internal)
    .map((address) => address.address)
    .sort((left, right) => Number(isPrivate(right)) - Number(isPrivate(left)));
}

function isPrivate(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address);
}

/**
 * Reads the certificate and key kept in `folder`, or makes them: the certificate anew when it runs
 * out or does not name every address; the key stays, so that links go on working.
 */
export async function lanIdentity(
  folder: string,
  addresses: readonly string[],
): Promise<LanIdentity> {
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
  const accessKey = await keep(join(folder, 'access-key'), async () =>
    randomBytes(24).toString('base64url'),
  );
  const paths = { certificate: join(folder, 'cert.pem'), privateKey: join(folder, 'key.pem') };
  let pair = await readPair(paths);
  if (pair === null || !serves(pair.certificate, addresses)) {
    pair = await makePair(addresses);
    await writeFile(paths.privateKey, pair.privateKey, { mode: PRIVATE_FILE });
    await writeFile(paths.certificate, pair.certificate, { mode: PRIVATE_FILE });
  }
  const { fingerprint256 } = new X509Certificate(pair.certificate);
  return { ...pair, accessKey: accessKey.trim(), fingerprint: fingerprint256 };
}

type Pair = Pick<LanIdentity, 'certificate' | 'privateKey'>;

async function makePair(addresses: readonly string[]): Promise<Pair> {
  const { cert, private: privateKey } = await generate(
    [{ name: 'commonName', value: 'Parlance in this network' }],
    {
      algorithm: 'sha256',
      keyType: 'ec',
      notBeforeDate: new Date(Date.now() - 86_400_000),
      notAfterDate: new Date(Date.now() + VALID_DAYS * 86_400_000),
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'extKeyUsage', serverAuth: true },
        {
          name: 'subjectAltName',
          altNames: [
            { type: 2, value: 'localhost' },
            { type: 7, ip: '127.0.0.1' },
            ...addresses.map((ip) => ({ type: 7 as const, ip })),
          ],
        },
      ],
    },
  );
  return { certificate: cert, privateKey };
}

async function readPair(paths: Pair): Promise<Pair | null> {
  try {
    return {
      certificate: await readFile(paths.certificate, 'utf8'),
      privateKey: await readFile(paths.privateKey, 'utf8'),
    };
  } catch {
    // Nothing kept yet: a new pair is made.
    return null;
  }
}

function serves(certificate: string, addresses: readonly string[]): boolean {
  try {
    const parsed = new X509Certificate(certificate);
    const lasts = Date.parse(parsed.validTo) - Date.now() > RENEW_BEFORE_MS;
    return lasts && addresses.every((address) => parsed.checkIP(address) !== undefined);
  } catch {
    // A damaged file is replaced like a missing one.
    return false;
  }
}

async function keep(path: string, make: () => Promise<string>): Promise<string> {
  try {
    const kept = await readFile(path, 'utf8');
    if (kept.trim() !== '') return kept;
  } catch {
    // Not made yet.
  }
  const made = await make();
  await writeFile(path, made, { mode: PRIVATE_FILE });
  return made;
}
