import { socketWire } from '../../client/src/live/socket-wire.ts';
import {
  SPEAK_NAMESPACE,
  type SpeakClientEvents,
  type SpeakServerEvents,
} from '../../shared/protocol.ts';
import type { Scenario } from '../scenario.ts';
import { ManglingWire } from '../support/mangling-wire.ts';

const SHARES = { lost: 0.04, doubled: 0.1, late: 0.06, replayed: 0.1 };

/** Frames that are missing, doubled, out of order and replayed. */
export const mangledFrames: Scenario = {
  name: 'mangled-frames',
  summary: 'frames lost, doubled, out of order and replayed on their way to the server',
  peaceful: true,
  async run(stage) {
    const { nodes } = stage.cluster;
    const url = nodes[0]?.url ?? '';
    const wire = new ManglingWire(
      socketWire<SpeakServerEvents, SpeakClientEvents>({ url, namespace: SPEAK_NAMESPACE }),
      SHARES,
      stage.random,
    );
    const gathering = await stage.gather({
      speakerUrl: url,
      viewerUrls: nodes.map((node) => node.url),
      parts: { openWire: wire.open },
    });
    const sessions = await stage.during([gathering], () => Promise.resolve());
    const { counts } = wire;
    const untried = Object.entries(counts).filter(([, count]) => count === 0);
    return {
      sessions,
      facts: { ...counts },
      problems: untried.map(([kind]) => `Expected some messages ${kind}, got none.`),
    };
  },
};
