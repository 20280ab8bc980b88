import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import { SPOKEN } from '../support/test-speaker.ts';

/** Longer than the client waits for a received ack, so that it gives the link up. */
const STALL_MS = 4_500;

/** A way in which the speaker's and a viewer's connection break. */
function brokenLink(
  name: string,
  summary: string,
  breakIt: (proxy: TcpProxy) => Promise<void> | void,
): Scenario {
  return {
    name,
    summary,
    peaceful: true,
    async run(stage) {
      const proxy = await stage.proxy();
      const { nodes } = stage.cluster;
      const gathering = await stage.gather({
        speakerUrl: proxy.url,
        viewerUrls: [nodes.at(-1)?.url ?? ''],
      });
      await gathering.seat(proxy.url, SPOKEN);
      const links = proxy.carried;
      const sessions = await stage.during([gathering], async () => {
        await delay(stage.moment(0.1, 0.4), undefined, { signal: stage.signal });
        await breakIt(proxy);
      });
      // Also those that were made anew while the session was being stopped.
      const newLinks = proxy.carried - links;
      return {
        sessions,
        facts: { newLinks },
        problems: newLinks > 0 ? [] : ['Expected a new connection, got none.'],
      };
    },
  };
}

export const linkCut = brokenLink('link-cut', 'the connection is reset', (proxy) => proxy.cut());

export const linkStalled = brokenLink(
  'link-stalled',
  'nothing moves for some seconds, on new connections either',
  async (proxy) => {
    proxy.stall();
    await delay(STALL_MS);
    proxy.resume();
  },
);

export const linkDeafServer = brokenLink(
  'link-half-open-up',
  'half-open: what the client sends never arrives',
  (proxy) => proxy.swallow('toServer'),
);

export const linkDeafClient = brokenLink(
  'link-half-open-down',
  'half-open: what the server sends never arrives',
  (proxy) => proxy.swallow('toClient'),
);

export const linkAbandoned = brokenLink(
  'link-abandoned',
  'the client is gone and the server does not see it',
  (proxy) => proxy.abandon(),
);
