import { describe, expect, test } from 'vitest';
import type { FinalCaption } from '../../../../shared/captions.ts';
import {
  closingClusters,
  entriesOf,
  expectRefusal,
  final,
  finalsOf,
  type OpenCluster,
  speak,
} from './cluster.contract.ts';

export function finalsContract(openCluster: OpenCluster): void {
  describe('finals', () => {
    const open = closingClusters(openCluster);

    test('[R4] [INV2] a final is stored once, however often it is sent', async () => {
      const { a, b } = await open();
      const { key, request } = await speak(a);
      const caption = final(key.session, 0, {
        text: 'déjà vu "quoted" \u2028 🜁',
        notice: 'untranslated',
      });
      await a.storeFinal(key, caption, ['es']);
      await a.storeFinal(key, caption, ['es']);
      const { key: newer } = await b.takeSession(request);
      await b.storeFinal(newer, caption, ['es']);
      expect(await finalsOf(b)).toEqual([caption]);
    });

    test('[R4] [INV1] a stored final moves the durable ack and the next segment', async () => {
      const { a, b } = await open();
      const { key, request } = await speak(a);
      await a.storeFinal(key, final(key.session, 0), []);
      await a.storeFinal(key, final(key.session, 1, { startSeq: 140, endSeq: 190 }), []);
      expect(await b.takeSession(request)).toMatchObject({ ackedSeq: 190, nextSegment: 2 });
    });

    const misplaced: [string, Partial<FinalCaption>][] = [
      ['frames of the final before', { segment: 1, startSeq: 99, endSeq: 200 }],
      ['frames acknowledged as silence', { segment: 1, startSeq: 119, endSeq: 200 }],
      ['a segment left out', { segment: 2, startSeq: 200, endSeq: 300 }],
      ['a stored segment with other frames', { segment: 0, startSeq: 0, endSeq: 120 }],
      ['no frame', { segment: 1, startSeq: 200, endSeq: 200 }],
      ['another language than the spoken one', { segment: 1, startSeq: 200, language: 'es' }],
      ['another session', { segment: 1, startSeq: 200, session: 'another-session' }],
    ];
    test.each(misplaced)('[INV2] a final with %s is refused by name', async (_, given) => {
      const { a } = await open();
      const { key, request } = await speak(a);
      await a.storeFinal(key, final(key.session, 0), []);
      await a.advanceAck(key, 120);
      const wrong = final(key.session, 1, { endSeq: 300, ...given });
      await expectRefusal(a.storeFinal(key, wrong, []), 'final_misplaced');
      expect(await finalsOf(a)).toHaveLength(1);
      expect(await a.takeSession(request)).toMatchObject({ ackedSeq: 120, nextSegment: 1 });
    });

    test('[R5] [INV1] the durable ack never goes backwards', async () => {
      const { a, b } = await open();
      const { key, request } = await speak(a);
      await a.advanceAck(key, 300);
      await a.advanceAck(key, 200);
      expect((await b.takeSession(request)).ackedSeq).toBe(300);
    });

    test('[INV9] the detector’s memory moves with the durable ack, and only with it', async () => {
      const { a, b } = await open();
      const { key, request } = await speak(a);
      await a.storeFinal(key, final(key.session, 0), [], 'first');
      await a.storeFinal(key, final(key.session, 0), [], 'again');
      await a.advanceAck(key, 50, 'behind');
      const resumed = await b.takeSession(request);
      expect(resumed).toMatchObject({ ackedSeq: 100, detectorMemory: 'first' });
      await b.advanceAck(resumed.key, 150, 'second');
      expect(await a.takeSession(request)).toMatchObject({
        ackedSeq: 150,
        detectorMemory: 'second',
      });
    });

    test('[R7] [INV1] a gap is declared once and counts as done where all before it is', async () => {
      const { a, b } = await open();
      const { key, request } = await speak(a);
      const { session } = key;
      await a.advanceAck(key, 50);
      await a.storeGap(key, { session, fromSeq: 50, toSeq: 80 });
      await a.storeGap(key, { session, fromSeq: 50, toSeq: 80 });
      await a.storeGap(key, { session, fromSeq: 120, toSeq: 140 });
      expect((await entriesOf(b)).slice(1)).toMatchObject([
        { type: 'gap', gap: { session, fromSeq: 50, toSeq: 80 } },
        { type: 'gap', gap: { session, fromSeq: 120, toSeq: 140 } },
      ]);
      expect((await b.takeSession(request)).ackedSeq).toBe(80);
    });

    test('[INV4] an entry above the limit is refused by name', async () => {
      const { a } = await open({ maxEntryBytes: 1_000 });
      const { key } = await speak(a);
      const long = final(key.session, 0, { text: 'é'.repeat(500) });
      await expectRefusal(a.storeFinal(key, long, []), 'invalid_message');
      await a.storeFinal(key, final(key.session, 0), []);
      await expectRefusal(
        a.storeTranslation(key.room, { ...long, language: 'es' }),
        'invalid_message',
      );
      expect(await finalsOf(a)).toHaveLength(1);
    });

    test('[INV3] finals of several sessions stand in one order that all nodes see', async () => {
      const { a, b } = await open();
      const one = await speak(a);
      const two = await speak(b);
      for (let segment = 0; segment < 5; segment += 1) {
        await Promise.all([
          a.storeFinal(one.key, final(one.key.session, segment), []),
          b.storeFinal(two.key, final(two.key.session, segment), []),
        ]);
      }
      const seen = await entriesOf(a);
      expect(seen).toHaveLength(12);
      expect(await entriesOf(b)).toEqual(seen);
    });
  });
}
