import { useRef } from 'preact/hooks';
import { watchLink } from '../server/watch-link.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icons.tsx';
import { QrCode } from '../ui/qr-code.tsx';
import type { RoomDesk } from './room-desk.ts';

/** The link that lets others read along, in every form people pass links on. */
export function ShareCard({ desk }: { desk: RoomDesk }) {
  const field = useRef<HTMLInputElement>(null);
  const token = desk.watchToken.value;
  const comesLater = desk.setup.info.value?.keyRequired === true && token === null;
  const link = watchLink(location.origin, desk.room, token);
  return (
    <section class="card stack share" aria-labelledby="share-title">
      <div>
        <h2 id="share-title">Link for readers</h2>
        <p class="small soft">
          {comesLater
            ? 'Start speaking: the link is made then, because it carries its own pass.'
            : 'Whoever opens it reads along. No account, nothing to install.'}
        </p>
      </div>
      {!comesLater && (
        <>
          <input
            ref={field}
            class="input link-field"
            readOnly
            aria-label="Link for readers"
            data-testid="watch-link"
            value={link}
            onFocus={(event) => event.currentTarget.select()}
          />
          <div class="row">
            <CopyButton text={link} onFailed={() => field.current?.select()} />
            {'share' in navigator && (
              <button
                type="button"
                class="button"
                data-testid="web-share"
                onClick={() => void shareLink(desk.room, link)}
              >
                <Icon name="share" />
                Share
              </button>
            )}
            <a class="button quiet" href={link} target="_blank" rel="noreferrer">
              Open
            </a>
          </div>
          <QrCode text={link} label="QR code of the link for readers" />
          {isThisComputerOnly(location.hostname) && (
            <p class="hint">
              This address works on this computer only. To let phones in your network read along,
              start the server with <code>npm start -- --lan</code>.
            </p>
          )}
        </>
      )}
    </section>
  );
}

async function shareLink(room: string, url: string): Promise<void> {
  try {
    await navigator.share({ title: `Parlance: ${room}`, url });
  } catch {
    // Closed without sharing.
  }
}

function isThisComputerOnly(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
