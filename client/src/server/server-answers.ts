import type { LanguagesAnswer, ServerInfo } from '../../../shared/protocol.ts';

/** The server could not be asked, or what answered is no Parlance server. */
export class ServerUnreachable extends Error {
  override readonly name = 'ServerUnreachable';
}

/** An answer that takes longer will not come: the server is in the same network or near. */
const ANSWER_TIMEOUT_MS = 10_000;

/** What this server can do. */
export async function fetchServerInfo(): Promise<ServerInfo> {
  const answer = await fetchJson('/api/v1/info');
  if (!isServerInfo(answer))
    throw new ServerUnreachable('Expected server info, got something else.');
  return answer;
}

/** What can be read where `from` is spoken. */
export async function fetchLanguages(from: string): Promise<LanguagesAnswer> {
  const answer = await fetchJson(`/api/v1/languages?from=${encodeURIComponent(from)}`);
  if (!isLanguages(answer)) throw new ServerUnreachable('Expected languages, got something else.');
  return answer;
}

async function fetchJson(path: string): Promise<unknown> {
  try {
    const answer = await fetch(path, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    if (!answer.ok) throw new ServerUnreachable(`Expected an answer, got status ${answer.status}.`);
    return await answer.json();
  } catch (cause) {
    if (cause instanceof ServerUnreachable) throw cause;
    throw new ServerUnreachable('Expected an answer, got none.', { cause });
  }
}

/** Checks what the page reads of an answer; a newer server may say more. */
function isServerInfo(answer: unknown): answer is ServerInfo {
  return (
    isRecord(answer) &&
    answer.name === 'parlance' &&
    Array.isArray(answer.spoken) &&
    answer.spoken.every((item) => isRecord(item) && typeof item.language === 'string') &&
    typeof answer.keptForS === 'number'
  );
}

function isLanguages(answer: unknown): answer is LanguagesAnswer {
  return (
    isRecord(answer) &&
    Array.isArray(answer.languages) &&
    answer.languages.every(
      (item) =>
        isRecord(item) &&
        typeof item.language === 'string' &&
        typeof item.engine === 'string' &&
        typeof item.quality === 'string',
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
