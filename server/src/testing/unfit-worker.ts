import { AppError } from '../../../shared/errors.ts';
import { serveThread } from '../inference/serve-thread.ts';

/** A worker for tests whose engine cannot be loaded. */
await serveThread(() => Promise.reject(new AppError('model_damaged', 'Damaged by request.')));
