import { AppError } from '../../../shared/errors.ts';
import { serveThread } from '../inference/serve-thread.ts';

/** A worker for the tests of inference threads: does what each message says. */
await serveThread(async () => {
  return {
    async handle(message) {
      switch (message) {
        case 'exit':
          process.exit(3);
          break;
        case 'throw':
          setImmediate(() => {
            throw new Error('thrown outside of any handler');
          });
          return new Promise(() => {});
        case 'hang':
          return new Promise(() => {});
        case 'fail':
          throw new Error('failed by request');
        case 'refuse':
          throw new AppError('language_unsupported', 'Refused by request.');
      }
      if (message instanceof Float32Array) {
        return { reply: message.map((value) => value * 2), transfer: [] };
      }
      return { reply: message };
    },
    async release() {},
  };
});
