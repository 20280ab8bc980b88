import { isMoving } from '../live/is-moving.ts';
import { Notice } from '../ui/notice.tsx';
import { spanInWords } from '../words/durations.ts';
import { englishName, ownName } from '../words/language-labels.ts';
import { translatorInWords } from '../words/quality-words.ts';
import type { WatchSession } from './watch-session.ts';

/** Before anybody has spoken. */
export function Waiting({ session }: { session: WatchSession }) {
  if (session.joined.value === null) return null;
  const language = session.language.value;
  return (
    <div class="waiting" data-testid="waiting">
      <h2>Nobody has spoken yet</h2>
      <p>
        Leave this page open: what is said appears here
        {language !== null && (
          <>
            {' '}
            in <strong lang={language}>{ownName(language)}</strong>
          </>
        )}
        , a moment after it was spoken.
      </p>
    </div>
  );
}

/** What the reader should know: trouble, a room that has ended, a speaker who left. */
export function ReaderNotices({ session }: { session: WatchSession }) {
  const problem = session.problem.value;
  const ended = session.ended.value;
  const link = session.link.value;
  if (ended !== null) return <Ended session={session} erased={ended.erased} />;
  if (problem !== null) {
    return (
      <Notice advice={problem.advice} code={problem.code}>
        {link.kind === 'ended' && problem.retryable && (
          <button type="button" class="button" onClick={() => location.reload()}>
            Try again now
          </button>
        )}
      </Notice>
    );
  }
  if (link.kind === 'reconnecting' && !isMoving(link)) {
    return (
      <Notice
        role="status"
        plain
        advice={{
          title: 'The connection is away',
          action: 'The page connects again by itself and fetches what it missed.',
        }}
      />
    );
  }
  return null;
}

function Ended({ session, erased }: { session: WatchSession; erased: boolean }) {
  const keptForS = session.joined.value?.keptForS ?? 0;
  const action = erased
    ? 'Its owner ended it and deleted what was said.'
    : `Its owner ended it. What was said can be read for ${spanInWords(keptForS)} after it was spoken.`;
  return (
    <div data-testid="ended">
      <Notice role="status" plain advice={{ title: 'This room has ended', action }} />
    </div>
  );
}

/** Below the captions: who translates, how well, and how long it is kept. */
export function ReaderFoot({ session }: { session: WatchSession }) {
  const joined = session.joined.value;
  if (joined === null) return null;
  const spoken = spokenLanguage(session);
  const offer = session.offer.value;
  const language = session.language.value;
  return (
    <footer class="reader-foot">
      <p data-testid="translator" data-quality={offer?.quality ?? 'none'}>
        {offer?.quality === 'basic' && <strong class="tag warn">basic quality</strong>}{' '}
        {offer !== null && translatorInWords(offer, spoken)}
        {offer === null &&
          language !== null &&
          `Nothing is translated into ${englishName(language)} here: you read the original.`}
      </p>
      <p class="kept">Dotted words may still change. Kept for {spanInWords(joined.keptForS)}.</p>
    </footer>
  );
}

/** The language of whoever speaks; null while nobody does, or several do in different ones. */
function spokenLanguage(session: WatchSession): string | null {
  const spoken = new Set(session.speakers.value.map((speaker) => speaker.language));
  const [only] = spoken;
  return spoken.size === 1 && only !== undefined ? only : null;
}
