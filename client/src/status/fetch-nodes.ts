import type { NodesAnswer } from '../../../shared/http-answers.ts';

const ANSWER_TIMEOUT_MS = 8_000;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const TOO_MANY_REQUESTS = 429;
/** Where the server does not say when it may be asked again: its minute is over then. */
const FULL_WAIT_MS = 60_000;

export type Asked =
  | { readonly kind: 'answer'; readonly answer: NodesAnswer }
  /** No key, or none that holds. */
  | { readonly kind: 'key-wanted' }
  /** A key that may not do this. */
  | { readonly kind: 'key-refused' }
  /** More than may be asked within a minute with this key, by all who have it together. */
  | { readonly kind: 'too-many'; readonly waitMs: number }
  | { readonly kind: 'unreachable' };

/** Asks for the figures of all nodes; the key travels in a header. */
export async function fetchNodes(key: string | null): Promise<Asked> {
  try {
    const response = await fetch('/api/v1/nodes', {
      headers: key === null ? {} : { 'X-API-Key': key },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    if (response.status === UNAUTHORIZED) return { kind: 'key-wanted' };
    if (response.status === FORBIDDEN) return { kind: 'key-refused' };
    if (response.status === TOO_MANY_REQUESTS)
      return { kind: 'too-many', waitMs: waitOf(response) };
    const answer: unknown = await response.json();
    return response.ok && isNodesAnswer(answer)
      ? { kind: 'answer', answer }
      : { kind: 'unreachable' };
  } catch {
    // Said on the page, which asks again.
    return { kind: 'unreachable' };
  }
}

function waitOf(response: Response): number {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return seconds >= 0 ? seconds * 1000 : FULL_WAIT_MS;
}

/** The server's own document describes it; this keeps out what is no such server at all. */
function isNodesAnswer(answer: unknown): answer is NodesAnswer {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'nodes' in answer &&
    Array.isArray(answer.nodes) &&
    'silent_nodes' in answer &&
    Array.isArray(answer.silent_nodes)
  );
}
