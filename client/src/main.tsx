import './styles/tokens.css';
import './styles/base.css';
import './styles/buttons.css';
import './styles/fields.css';
import './styles/surfaces.css';
import './styles/bars.css';
import { type FunctionComponent, render } from 'preact';
import { type PageAddress, pageAddress } from './page-address.ts';
import { PageFailed, PageUnknown } from './page-failed.tsx';

type Page = FunctionComponent;

/** Each page is a chunk of its own: a reader's phone does not load the encoder. */
async function loadPage(address: PageAddress): Promise<Page> {
  switch (address.kind) {
    case 'home': {
      const { HomePage } = await import('./home/home-page.tsx');
      return HomePage;
    }
    case 'speak': {
      const { SpeakPage } = await import('./speak/speak-page.tsx');
      return () => <SpeakPage room={address.room} />;
    }
    case 'watch': {
      const { WatchPage } = await import('./watch/watch-page.tsx');
      return () => <WatchPage room={address.room} />;
    }
    case 'operate': {
      const { StatusPage } = await import('./status/status-page.tsx');
      return StatusPage;
    }
    case 'unknown':
      return PageUnknown;
  }
}

async function start(): Promise<void> {
  const place = document.querySelector('#page');
  if (place === null) return;
  const Page = await loadPage(pageAddress(location.pathname)).catch(() => PageFailed);
  render(<Page />, place);
}

// Another key or token behind the # means another way in.
window.addEventListener('hashchange', () => {
  if (location.hash.includes('=')) location.reload();
});
void start();
