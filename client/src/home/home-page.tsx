import '../styles/captions.css';
import '../styles/home.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ServerInfo } from '../../../shared/protocol.ts';
import { takeKeyFromAddress } from '../server/room-access.ts';
import { fetchServerInfo } from '../server/server-answers.ts';
import { ownRooms } from '../storage/room-keys.ts';
import { Icon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import { TopBar } from '../ui/top-bar.tsx';
import { wireAdvice } from '../words/wire-advice.ts';
import { JoinForm } from './join-form.tsx';
import { Sample } from './sample.tsx';
import { ServerFacts } from './server-facts.tsx';
import { StartForm } from './start-form.tsx';

/** What it is, and the two ways in. */
export function HomePage() {
  const info = useSignal<ServerInfo | null>(null);
  const isUnreachable = useSignal(false);
  const load = async () => {
    isUnreachable.value = false;
    try {
      info.value = await fetchServerInfo();
    } catch {
      // Said on the page, with a button to try again.
      isUnreachable.value = true;
    }
  };
  useEffect(() => {
    takeKeyFromAddress();
    void load();
  }, []);
  const rooms = ownRooms();
  return (
    <>
      <TopBar />
      <main id="main" class="home" tabIndex={-1}>
        <div class="hero">
          <div class="hero-words">
            <h1>Speak. Everyone reads along in their own language.</h1>
            <p class="lead">
              Parlance turns speech into live captions and translates them while you talk. Share one
              link: readers need no account and install nothing.
            </p>
          </div>
          <Sample />
        </div>
        {isUnreachable.value && (
          <Notice
            advice={wireAdvice({ code: 'server_unreachable' }, 'speak')}
            code="server_unreachable"
          >
            <button type="button" class="button" onClick={() => void load()}>
              <Icon name="refresh" />
              Try again
            </button>
          </Notice>
        )}
        <div class="ways">
          <StartForm info={info.value} />
          <JoinForm />
        </div>
        {rooms.length > 0 && (
          <section class="own-rooms" aria-labelledby="own-title">
            <h2 id="own-title">Your rooms</h2>
            <ul class="chips">
              {rooms.slice(0, 6).map((room) => (
                <li key={room}>
                  <a class="button" href={`/speak/${room}`}>
                    {room}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        )}
        {info.value !== null && <ServerFacts info={info.value} />}
      </main>
      <footer class="foot">
        No accounts, no cookies, no tracking. Parlance is free software that anybody can run.
      </footer>
    </>
  );
}
