import type { ServerInfo } from '../../../shared/protocol.ts';
import { spanInWords } from '../words/durations.ts';
import { englishName } from '../words/language-labels.ts';

/** What this very server can do. */
export function ServerFacts({ info }: { info: ServerInfo }) {
  const languages = info.spoken.map(({ language }) => englishName(language));
  return (
    <section class="server-facts" aria-labelledby="server-title" data-testid="server-facts">
      <h2 id="server-title">This server</h2>
      <dl>
        <div>
          <dt>Understands</dt>
          <dd>{languages.length === 0 ? 'no language yet' : languages.join(', ')}</dd>
        </div>
        <div>
          <dt>Keeps what is said</dt>
          <dd>for {spanInWords(info.keptForS)}, as text only</dd>
        </div>
        <div>
          <dt>Who may speak</dt>
          <dd>{info.keyRequired ? 'whoever has its key' : 'anybody who can open this page'}</dd>
        </div>
      </dl>
    </section>
  );
}
