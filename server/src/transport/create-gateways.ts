import type { Server as HttpServer } from 'node:http';
import type { CleanUps } from '../clean-ups.ts';
import { outcomeOf } from '../http/error-status.ts';
import type { Limits } from '../limits/create-limits.ts';
import { Drain } from './drain.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { identifyComers } from './handshake-access.ts';
import { limitSockets } from './limit-sockets.ts';
import { OfferNews } from './offer-news.ts';
import { partialAudience } from './partial-broadcast.ts';
import { refuseUpgrades } from './refuse-upgrades.ts';
import { roomOffers } from './room-offers.ts';
import type { Sockets } from './socket-server.ts';
import { SpeakerConnection } from './speak-gateway.ts';
import { ViewerConnection } from './watch-gateway.ts';

export interface GatewayOptions {
  readonly http: HttpServer;
  readonly sockets: Sockets;
  readonly limits: Limits;
  readonly cleanUps: CleanUps;
  /** What connections work with, apart from what comes of the sockets themselves. */
  readonly parts: Omit<GatewayParts, 'admit' | 'tellLanguages'>;
}

/** The doors of a node: who speaks and who watches here. */
export interface Gateways {
  readonly drain: Drain;
  /** The languages that readers may choose are others now: open pages are told soon. */
  offersChanged(): void;
  /** Lets everybody go, so that sessions may be resumed elsewhere; idempotent. */
  close(): Promise<void>;
}

/** Lets speakers and viewers in, within the limits, and looks after their connections. */
export function createGateways({
  http,
  sockets,
  limits,
  cleanUps,
  parts: given,
}: GatewayOptions): Gateways {
  const { io, speak, watch } = sockets;
  const { store, access, metrics, log } = given;
  const speakers = new Set<SpeakerConnection>();
  const viewers = new Set<ViewerConnection>();
  const drain = new Drain({
    speakers,
    viewers,
    refuseNewcomers: () => refuseUpgrades(http),
    translated: () => given.engines.desk.settled(),
  });
  const parts: GatewayParts = {
    ...given,
    tellLanguages: (room, languages) => {
      watch.to(partialAudience(room, null)).emit('room:languages', languages);
    },
    admit: (who) => {
      drain.admit();
      limits.admit(who);
    },
  };
  const limited = limitSockets({
    ...{ http, sockets, limits, log, cleanUps },
    refused: ({ code }) => {
      metrics.errors.inc({ code });
      metrics.answered('socket', outcomeOf(code));
    },
  });
  identifyComers({ speak, watch }, access);
  speak.on('connection', (socket) => {
    const connection = new SpeakerConnection(socket, parts);
    limited.speaker(socket, () => connection.isSeated);
    speakers.add(connection);
    socket.on('disconnect', () => speakers.delete(connection));
  });
  watch.on('connection', (socket) => {
    const connection = new ViewerConnection(socket, parts);
    limited.viewer(socket, () => connection.room !== null);
    viewers.add(connection);
    socket.on('disconnect', () => viewers.delete(connection));
  });
  const news = new OfferNews({
    viewers,
    speakers,
    offersIn: async (room) => roomOffers(parts, await store.readRoom(room)),
    tellViewers: (room, languages) => {
      watch.local.to(partialAudience(room, null)).emit('room:languages', languages);
    },
  });
  cleanUps.add(() => news.close());
  return {
    drain,
    offersChanged: () => news.changed(),
    close: async () => {
      const leaving = [...speakers].map((connection) => connection.close());
      await Promise.all(leaving);
      await io.close();
    },
  };
}
