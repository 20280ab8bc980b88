import { createInterface } from 'node:readline/promises';

/**
 * What the set-up tells, and how it asks. Steps that change nothing say nothing.
 *
 * @typedef {object} Output
 * @property {boolean} [isTTY]
 * @property {() => boolean} [hasColors]
 * @property {(text: string) => unknown} write
 */

/** A running step is drawn again this often, to show that it lives. */
const TICK_MS = 1_000;

export class Screen {
  /** @type {Output} */
  #out;
  /** @type {() => number} */
  #now;
  #coloured;

  /**
   * @param {Output} out
   * @param {() => number} now milliseconds
   */
  constructor(out = process.stdout, now = () => performance.now()) {
    this.#out = out;
    this.#now = now;
    this.#coloured = out.hasColors?.() ?? false;
  }

  /** @param {string} text */
  line(text = '') {
    this.#out.write(`${text}\n`);
  }

  /** @param {string} text */
  ok(text) {
    this.line(`${this.#paint(32, '✓')} ${text}`);
  }

  /** @param {string} text */
  warn(text) {
    this.line(`${this.#paint(33, '!')} ${text}`);
  }

  /** @param {string} text */
  fail(text) {
    this.line(`${this.#paint(31, '✗')} ${text}`);
  }

  /**
   * Shows that something takes time, and how long it took. A failure is left to the caller to tell.
   *
   * @template T
   * @param {string} doing for example "Installing npm packages"
   * @param {() => Promise<T>} work
   * @param {(result: T) => string} done what to say at the end; the time is added
   * @returns {Promise<T>}
   */
  async step(doing, work, done) {
    const started = this.#now();
    const seconds = () => `${((this.#now() - started) / 1000).toFixed(1)} s`;
    const tty = this.#out.isTTY === true;
    if (!tty) this.line(`  ${doing} …`);
    const draw = () => this.#out.write(`\r\u001b[K  ${doing} … ${seconds()}`);
    if (tty) draw();
    const ticker = tty ? setInterval(draw, TICK_MS) : undefined;
    try {
      const result = await work();
      if (tty) this.#out.write('\r\u001b[K');
      this.ok(`${done(result)} (${seconds()})`);
      return result;
    } catch (error) {
      if (tty) this.#out.write('\r\u001b[K');
      this.fail(`${doing}: failed after ${seconds()}`);
      throw error;
    } finally {
      clearInterval(ticker);
    }
  }

  /**
   * Asks a question with yes as the default.
   *
   * @param {string} question
   * @returns {Promise<boolean>}
   */
  async confirm(question) {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    // Ctrl-D answers nothing; that is no consent.
    const end = new AbortController();
    lines.once('close', () => end.abort());
    try {
      const answer = await lines.question(`${question} [Y/n] `, { signal: end.signal });
      return /^(y|yes|)$/i.test(answer.trim());
    } catch {
      this.line();
      return false;
    } finally {
      lines.close();
    }
  }

  /**
   * @param {number} code
   * @param {string} text
   */
  #paint(code, text) {
    return this.#coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}
