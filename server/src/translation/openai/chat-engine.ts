import { z } from 'zod';
import type { ProxySettings } from '../../config/proxy-settings.ts';
import { HttpService } from '../../outside/http-service.ts';
import { OUTSIDE_LIMITS } from '../../outside/limits.ts';
import { OutsideError } from '../../outside/outside-error.ts';
import type { ServicePair } from '../remote/language-table.ts';
import type { RemoteCall, RemoteEngine } from '../remote/remote-engine.ts';
import type { PlaceholderStyle } from '../terms/placeholders.ts';
import { translationPrompt } from './prompt.ts';
import { unwrapAnswer } from './unwrap-answer.ts';

export interface ChatOptions {
  /** With the version: `https://host/v1`. */
  readonly url: string;
  readonly apiKey?: string | undefined;
  readonly model: string;
  /** Languages that it is asked to translate between: no model tells which it knows. */
  readonly languages: readonly string[];
  /** Languages that are spoken here. */
  readonly spoken: readonly string[];
  readonly concurrency?: number;
  readonly proxies?: ProxySettings;
}

const NAME = 'openai';
const NO_LIST: ReadonlySet<number> = new Set([404, 405, 501]);
/** Lines are joined and told apart again; where a model joins them, each is asked for by itself. */
const MAX_LINES_ONE_BY_ONE = 16;
/** Tokens of an answer: more than any translation of a text of that length takes. */
const MIN_ANSWER_TOKENS = 256;
const ANSWER_TOKENS_PER_CHAR = 2;
const MAX_ANSWER_TOKENS = 16_384;
/** A model copies what it is told to keep; codes look least like words to translate. */
const PLACEHOLDER_STYLES: readonly PlaceholderStyle[] = ['code', 'name', 'number'];

const chatSchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
});

/** Parameters that some models refuse, by the name that the refusal gives; they are then left out. */
type Refusable = 'temperature' | 'max_tokens' | 'max_completion_tokens';

/** A chat model behind an OpenAI-compatible server (POST /chat/completions). */
export function createChatEngine(options: ChatOptions): RemoteEngine {
  const { url, apiKey, model, concurrency = OUTSIDE_LIMITS.concurrency, proxies } = options;
  const service = new HttpService({
    name: NAME,
    baseUrl: url,
    connections: concurrency,
    maxAnswerBytes: OUTSIDE_LIMITS.maxAnswerBytes,
    ...(apiKey === undefined ? {} : { headers: { authorization: `Bearer ${apiKey}` } }),
    ...(proxies === undefined ? {} : { proxies }),
  });
  const refused = new Set<Refusable>();

  const chat = async (text: string, { from, to, signal }: RemoteCall): Promise<string> => {
    const prompt = translationPrompt(text, from, to);
    const json = { model, messages: prompt.messages, ...parametersFor(text, refused) };
    const answer = await service.post('/chat/completions', { json }, chatSchema, signal);
    const [choice] = answer.choices;
    const reason = choice?.finish_reason ?? 'stop';
    if (reason !== 'stop') {
      throw new OutsideError('unusable', `${NAME}: expected a whole answer, got a part of one.`);
    }
    return unwrapAnswer(choice?.message.content ?? '', text, prompt);
  };
  /** Asks again without what the model does not take: newer ones know other names. */
  const ask = async (text: string, call: RemoteCall): Promise<string> => {
    for (;;) {
      try {
        return await chat(text, call);
      } catch (error) {
        const parameter = error instanceof OutsideError ? error.parameter : undefined;
        if (!isRefusable(parameter) || refused.has(parameter)) throw error;
        refused.add(parameter);
      }
    }
  };

  return {
    name: NAME,
    quality: 'remote',
    placeholderStyles: () => PLACEHOLDER_STYLES,
    languages: async (signal) => {
      // Whether it answers, and takes the key: lists differ in shape and length, and some have none.
      await service.reach('/models', signal).catch((error: unknown) => {
        if (!(error instanceof OutsideError) || !NO_LIST.has(error.status ?? 0)) throw error;
      });
      return pairsOf(options);
    },
    translate: async (lines, call) => {
      const answer = await ask(lines.join('\n'), call);
      const translated = answer.split('\n').filter((line) => line.trim() !== '');
      if (translated.length === lines.length) return translated;
      if (lines.length === 1) return [translated.join(' ')];
      if (lines.length > MAX_LINES_ONE_BY_ONE) {
        throw new OutsideError('unusable', `${NAME}: expected as many lines as were sent.`);
      }
      const one: string[] = [];
      for (const line of lines) one.push((await ask(line, call)).replace(/\s*\n\s*/g, ' '));
      return one;
    },
    close: () => service.close(),
  };
}

function parametersFor(text: string, refused: ReadonlySet<Refusable>): object {
  const tokens = Math.min(
    MAX_ANSWER_TOKENS,
    MIN_ANSWER_TOKENS + ANSWER_TOKENS_PER_CHAR * text.length,
  );
  return {
    stream: false,
    ...(refused.has('temperature') ? {} : { temperature: 0 }),
    ...(refused.has('max_tokens') ? {} : { max_tokens: tokens }),
    ...(refused.has('max_tokens') && !refused.has('max_completion_tokens')
      ? { max_completion_tokens: tokens }
      : {}),
  };
}

function isRefusable(parameter: string | undefined): parameter is Refusable {
  return (
    parameter === 'temperature' ||
    parameter === 'max_tokens' ||
    parameter === 'max_completion_tokens'
  );
}

function pairsOf({ languages, spoken }: ChatOptions): ServicePair[] {
  return spoken.flatMap((from) =>
    languages.filter((to) => to !== from).map((to) => ({ from, to })),
  );
}
