import { TICK_MS } from './pace.ts';

setInterval(() => self.postMessage(null), TICK_MS);
