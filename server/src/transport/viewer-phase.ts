/** Where one viewer's connection stands. */
export type ViewerPhase =
  | { readonly kind: 'idle' }
  /** A join is under way: there may be a seat already. */
  | { readonly kind: 'joining'; readonly room: string; readonly language: string }
  | { readonly kind: 'watching'; readonly room: string; readonly language: string }
  | { readonly kind: 'gone' };

export type ViewerEvent =
  | { readonly type: 'join'; readonly room: string; readonly language: string }
  | { readonly type: 'joined' }
  /** Nothing came of the join. */
  | { readonly type: 'refused' }
  | { readonly type: 'reads'; readonly language: string }
  | { readonly type: 'left' };

/** The phase after an event; the same one where it changes nothing, or comes too late. */
export function nextViewerPhase(phase: ViewerPhase, event: ViewerEvent): ViewerPhase {
  switch (event.type) {
    case 'join':
      if (phase.kind !== 'idle') return phase;
      return { kind: 'joining', room: event.room, language: event.language };
    case 'joined':
      return phase.kind === 'joining' ? { ...phase, kind: 'watching' } : phase;
    case 'refused':
      return phase.kind === 'joining' ? { kind: 'idle' } : phase;
    case 'reads':
      return phase.kind === 'watching' ? { ...phase, language: event.language } : phase;
    case 'left':
      return { kind: 'gone' };
  }
}
