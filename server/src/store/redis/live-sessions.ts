import { MAX_REAPED_SESSIONS } from '../store-limits.ts';
import type { EndedSession } from '../transcript-store.ts';
import { liveSessionsKey } from './keys.ts';
import type { ScriptRunner } from './script.ts';
import { SCRIPTS } from './scripts.ts';

/**
 * Every session that has not ended, by when its lease runs out: how a reaper finds those that
 * nobody owns any more. The index lies outside the rooms' slots of a cluster and so outside their
 * scripts: it is written before a session is, and a reaper asks the session itself.
 */
export class LiveSessions {
  readonly #scripts: ScriptRunner;
  readonly #key: string;
  readonly #leaseMs: number;

  constructor(scripts: ScriptRunner, keyPrefix: string, leaseMs: number) {
    this.#scripts = scripts;
    this.#key = liveSessionsKey(keyPrefix);
    this.#leaseMs = leaseMs;
  }

  async add({ room, session }: EndedSession): Promise<void> {
    const args = { member: `${room}/${session}`, leaseMs: this.#leaseMs };
    await this.#scripts.run(SCRIPTS.indexSession, [this.#key], args);
  }

  async remove({ room, session }: EndedSession): Promise<void> {
    await this.#scripts.run(SCRIPTS.unindexSession, [this.#key], { member: `${room}/${session}` });
  }

  /** Ends sessions without a lease for longer than `graceMs`, and returns them. */
  async reap(graceMs: number): Promise<readonly EndedSession[]> {
    const members = await this.#scripts.run(SCRIPTS.listLeaseless, [this.#key], {
      graceMs,
      limit: MAX_REAPED_SESSIONS,
    });
    const ended: EndedSession[] = [];
    for (const member of members) {
      const [room = '', session = ''] = String(member).split('/');
      const place = { room, session };
      const args = { graceMs };
      const [fate] = await this.#scripts.runInRoom(SCRIPTS.reapSession, room, args, session);
      if (fate === 'ended') ended.push(place);
      if (fate === 'alive') await this.add(place);
      else await this.remove(place);
    }
    return ended;
  }
}
