import type { NodesAnswer } from '../../../shared/http-answers.ts';

const ANSWER_TIMEOUT_MS = 8_000;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

export type Asked =
  | { readonly kind: 'answer'; readonly answer: NodesAnswer }
  /** No key, or none that holds. */
  | { readonly kind: 'key-wanted' }
  /** A key that may not do this. */
  | { readonly kind: 'key-refused' }
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
    const answer: unknown = await response.json();
    return response.ok && isNodesAnswer(answer)
      ? { kind: 'answer', answer }
      : { kind: 'unreachable' };
  } catch {
    // Said on the page, which asks again.
    return { kind: 'unreachable' };
  }
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
