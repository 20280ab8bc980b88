import { json, Router } from 'express';
import { buildRoomLink } from '../../../client/src/live/room-link.ts';
import { type RoomTokenAnswer, roomTokenRequestSchema } from '../../../shared/room-tokens.ts';
import type { Access } from '../access/access.ts';
import { identityOf, requireScope } from '../access/http-access.ts';
import { parseMessage } from '../transport/requests.ts';

const MAX_BODY_BYTES = 4_096;
const CREATED = 201;
/** Links are told as paths: which host a browser uses is not this server's to know. */
const ANY_HOST = 'http://host';

/** Room tokens for browsers, made by whoever has a key with the scope `tokens`. */
export function tokenRoutes({ access }: { access: Access }): Router {
  const router = Router();
  router.post(
    '/api/v1/tokens',
    requireScope('tokens'),
    json({ limit: MAX_BODY_BYTES, inflate: false }),
    async (request, response) => {
      const { room, role, seconds } = parseMessage(roomTokenRequestSchema, request.body);
      const identity = identityOf(response);
      const { token, expiresAtMs } = await access.issue(identity, { room, role, seconds });
      const link = new URL(buildRoomLink({ kind: role, url: ANY_HOST, room, token }));
      const answer: RoomTokenAnswer = {
        token,
        room,
        role,
        expiresAt: expiresAtMs,
        link: link.pathname + link.hash,
      };
      response.status(CREATED).set('Cache-Control', 'no-store').json(answer);
    },
  );
  return router;
}
