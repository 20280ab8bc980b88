import {
  type Answerer,
  type Behaviour,
  bodyOf,
  json,
  type OutsideRequest,
} from './outside-server.ts';

/** Services outside as their documentation describes them, in front of a translator of a few words. */

/** A few words of Spanish; everything else stays as it is. */
const WORDS: Readonly<Record<string, string>> = {
  the: 'el',
  house: 'casa',
  houses: 'casas',
  dog: 'perro',
  dogs: 'perros',
  cat: 'gato',
  we: 'nosotros',
  saw: 'vimos',
  are: 'están',
  is: 'es',
  in: 'en',
  and: 'y',
  of: 'de',
  for: 'para',
  good: 'bueno',
  on: 'en',
  day: 'día',
  paid: 'pagamos',
  old: 'viejo',
  at: 'a',
  word: 'palabra',
};

/** Word by word, with the capitals of the words. */
export function translateWords(text: string): string {
  return text.replace(/\p{L}+/gu, (word) => {
    const translated = WORDS[word.toLowerCase()];
    if (translated === undefined) return word;
    return /^\p{Lu}/u.test(word)
      ? translated.charAt(0).toUpperCase() + translated.slice(1)
      : translated;
  });
}

export interface LibreRequest {
  readonly q: readonly string[];
  readonly source: string;
  readonly target: string;
  readonly format: string;
  readonly api_key?: string;
}

export interface LibreScript {
  languages?(): readonly { readonly code: string; readonly targets?: readonly string[] }[];
  translate?(request: LibreRequest): Behaviour | Promise<Behaviour>;
}

/** LibreTranslate's part of the protocol that we speak. */
export function libreTranslate(script: LibreScript = {}): Answerer {
  const languages = script.languages ?? (() => [{ code: 'en', targets: ['es', 'fr'] }]);
  const translate = script.translate ?? libreAnswer;
  return (request) => {
    if (request.path === '/languages') {
      return json(languages().map((language) => ({ name: 'A language', ...language })));
    }
    if (request.path === '/translate') return translate(bodyOf<LibreRequest>(request));
    return json({ error: 'Not found' }, 404);
  };
}

export function libreAnswer({ q }: LibreRequest): Behaviour {
  return json({ translatedText: q.map(translateWords) });
}

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
}

/** A chat model behind an OpenAI-compatible server; `say` is the model. */
export function chatModel(say: (request: ChatRequest) => string | Behaviour): Answerer {
  return (request) => {
    if (request.path === '/v1/models') {
      return json({ object: 'list', data: [{ id: 'scripted', object: 'model' }] });
    }
    if (request.path !== '/v1/chat/completions') return json({ error: { message: 'No' } }, 404);
    const said = say(bodyOf<ChatRequest>(request));
    return typeof said === 'string' ? chatAnswer(said) : said;
  };
}

export function chatAnswer(content: string, finish_reason = 'stop'): Behaviour {
  return json({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason }],
    usage: { total_tokens: 1 },
  });
}

/** The text between the marks of a prompt, as a model is to find it. */
export function markedText({ messages }: ChatRequest): string {
  const content = messages.at(-1)?.content ?? '';
  const [, mark, text] = /^<text (\w+)>\n([\s\S]*)\n<\/text \1>$/.exec(content) ?? [];
  if (mark === undefined || text === undefined)
    throw new Error('Expected a marked text, got none.');
  return text;
}

export function requestsTo(
  requests: readonly OutsideRequest[],
  path: string,
): readonly OutsideRequest[] {
  return requests.filter((request) => request.path === path);
}
