import { batch, computed, signal } from '@preact/signals';
import {
  forgetGlossary,
  keepGlossary,
  keptGlossary,
  onKeptElsewhere,
} from '../storage/room-glossaries.ts';
import { GlossarySaver, type Saving, type SendGlossary } from './glossary-saver.ts';
import { type GlossaryEvent, nextGlossary, startState } from './glossary-state.ts';
import type { Glossary } from './schema.ts';

/** Whose list is shown. */
export type Holder =
  /** This browser's; before the start nobody knows whether the room has another owner. */
  { kind: 'own' } | { kind: 'others'; entries: Glossary };

/** What a session tells once it has started. */
export interface StartedGlossary {
  /** The room's list as the server has it. */
  entries: Glossary;
  isOwner: boolean;
  send: SendGlossary;
}

/** A room's terms while its page is open: kept in the browser, sent while somebody speaks. */
export class GlossaryDesk {
  readonly state;
  readonly saving = signal<Saving>({ kind: 'idle' });
  readonly holder = signal<Holder>({ kind: 'own' });
  /** Whether the panel is open. */
  readonly isOpen = signal(false);
  readonly isLive = signal(false);
  readonly entries = computed(() =>
    this.holder.value.kind === 'others' ? this.holder.value.entries : this.state.value.entries,
  );
  readonly room: string;
  readonly #stopListening: () => void;
  #saver: GlossarySaver | null = null;
  /** Whether this browser has a list of its own for the room, be it empty. */
  #isKept: boolean;

  constructor(room: string) {
    this.room = room;
    const kept = keptGlossary(room);
    this.#isKept = kept !== null;
    this.state = signal(startState(kept ?? []));
    this.#stopListening = onKeptElsewhere(room, () => this.#keptElsewhere());
  }

  dispatch(event: GlossaryEvent): void {
    const before = this.state.value;
    const next = nextGlossary(before, event);
    this.state.value = next;
    if (next.entries === before.entries) return;
    this.#keep(next.entries);
    this.#saver?.changed(next.entries);
  }

  /** Opens the form for what was heard wrongly, given what was said. */
  correct(heardAs: string, language: string): void {
    batch(() => {
      this.isOpen.value = true;
      this.dispatch({ type: 'add', language, heardAs });
    });
  }

  /** Takes over what is still in the form, so that a session begins with it. */
  settle(): void {
    this.dispatch({ type: 'settle' });
  }

  /** A session has started: the list goes to the server, now and whenever it changes. */
  started({ entries, isOwner, send }: StartedGlossary): void {
    this.#saver?.close();
    this.#saver = null;
    batch(() => {
      this.isLive.value = true;
      this.saving.value = { kind: 'idle' };
      this.holder.value = isOwner ? { kind: 'own' } : { kind: 'others', entries };
    });
    if (!isOwner) return;
    this.#saver = new GlossarySaver(send, (saving) => this.#told(saving, entries));
    const current = this.state.value.entries;
    if (!this.#isKept) this.#load(entries);
    else if (JSON.stringify(current) !== JSON.stringify(entries)) {
      this.#saver.changed(current);
      this.#saver.flush();
    }
  }

  /** The session is over: what comes later is kept here until the next one. */
  stopped(): void {
    this.#saver?.close();
    this.#saver = null;
    batch(() => {
      this.isLive.value = false;
      this.saving.value = { kind: 'idle' };
    });
  }

  /** Sends at once what waits: before the end of a session, or after a failure. */
  flush(): void {
    this.#saver?.flush();
  }

  /** The room is no more. */
  forget(): void {
    forgetGlossary(this.room);
    this.#isKept = false;
    this.state.value = startState([]);
  }

  close(): void {
    this.#stopListening();
    this.#saver?.close();
    this.#saver = null;
  }

  /** A room that was made anew by somebody else is not ours, whatever this browser keeps. */
  #told(saving: Saving, entries: Glossary): void {
    const isRefused = saving.kind === 'failed' && saving.problem.code === 'not_room_owner';
    if (isRefused) this.#saver?.close();
    batch(() => {
      this.saving.value = isRefused ? { kind: 'idle' } : saving;
      if (isRefused) this.holder.value = { kind: 'others', entries };
    });
  }

  #keep(entries: Glossary): void {
    this.#isKept = true;
    keepGlossary(this.room, entries);
  }

  #load(entries: Glossary): void {
    this.state.value = nextGlossary(this.state.value, { type: 'load', entries });
  }

  #keptElsewhere(): void {
    const kept = keptGlossary(this.room);
    this.#isKept = kept !== null;
    if (kept === null) return;
    this.#load(kept);
    this.#saver?.changed(kept);
  }
}
