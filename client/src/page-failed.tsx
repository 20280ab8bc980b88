import { Notice } from './ui/notice.tsx';
import { TopBar } from './ui/top-bar.tsx';

/** A part of the page did not arrive. */
export function PageFailed() {
  return (
    <>
      <TopBar />
      <main id="main" class="narrow stack" tabIndex={-1}>
        <h1>The page did not load</h1>
        <Notice
          advice={{
            title: 'A part of this page is missing',
            action: 'The connection broke, or the server was updated meanwhile. Reload the page.',
          }}
        >
          <button type="button" class="button" onClick={() => location.reload()}>
            Reload
          </button>
        </Notice>
      </main>
    </>
  );
}

/** An address that leads nowhere. */
export function PageUnknown() {
  return (
    <>
      <TopBar />
      <main id="main" class="narrow stack" tabIndex={-1}>
        <h1>Nothing is here</h1>
        <p>
          Links to rooms look like <code>/watch/quiet-harbour-417</code>: lower-case letters, digits
          and hyphens. Perhaps a part of yours was cut off.
        </p>
        <p>
          <a class="button" href="/">
            Go to the start
          </a>
        </p>
      </main>
    </>
  );
}
