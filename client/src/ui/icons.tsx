/** Line icons of 24 units, drawn with the colour of the text beside them. */
const PATHS = {
  microphone:
    'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21M8.5 21h7',
  tab: 'M3 6.5A1.5 1.5 0 0 1 4.5 5h15A1.5 1.5 0 0 1 21 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5ZM3 9h18M10.5 11.8v4.4l3.8-2.2Z',
  file: 'M6 3.5h8l4.5 4.5v11a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 19V5A1.5 1.5 0 0 1 6 3.5ZM14 3.5V8h4.5M9 13.5v2.5M11.7 11.5v6M14.5 13v3',
  play: 'M7 4.5v15l12-7.5Z',
  pause: 'M8 5v14M16 5v14',
  stop: 'M6.5 6.5h11v11h-11Z',
  copy: 'M9 9V5.5A1.5 1.5 0 0 1 10.5 4h8A1.5 1.5 0 0 1 20 5.5v8a1.5 1.5 0 0 1-1.5 1.5H15M5.5 9h8a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 4 18.5v-8A1.5 1.5 0 0 1 5.5 9Z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  share: 'M12 15V4M8 7.5 12 3.5l4 4M6 11.5H5V20h14v-8.5h-1',
  qr: 'M4 4h6v6H4ZM14 4h6v6h-6ZM4 14h6v6H4ZM14 14h2.5v2.5H14ZM20 14v3M17 20h3M14 20v-.5',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.5V5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3 7 7M17 17l1.7 1.7M5.3 18.7 7 17M17 7l1.7-1.7',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z',
  auto: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 3.5v17M14.3 4v16M16.6 5v14M18.8 7v10',
  text: 'M3.5 18.5 8.5 6l5 12.5M5.2 14.5h6.6M15 18.5l3-7.5 3 7.5M16 16.3h4',
  aloud: 'M4 9.5h3.5L12 5.5v13l-4.5-4H4ZM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  both: 'M4 6h16M4 10.5h10M4 15h16M4 19.5h10',
  down: 'M12 5v13M6.5 12.5 12 18l5.5-5.5',
  alert: 'M12 4 2.8 19.5h18.4ZM12 10v4.5M12 17v.2',
  info: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 11v5.5M12 7.5v.2',
  bin: 'M5 7h14M10 7V4.5h4V7M6.5 7l1 13h9l1-13M10 10.5v6M14 10.5v6',
  people:
    'M9 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM3.5 19.5c0-3.5 2.3-5.5 5.5-5.5s5.5 2 5.5 5.5M15.5 5.3a3 3 0 0 1 0 5.4M17 14.3c2.2.6 3.5 2.4 3.5 5.2',
  plus: 'M12 5v14M5 12h14',
  pencil:
    'M4.5 19.5l1-4.2L16 4.8a1.6 1.6 0 0 1 2.3 0l.9.9a1.6 1.6 0 0 1 0 2.3L8.7 18.5ZM14 6.8l3.2 3.2',
  upload: 'M12 16V5M7.5 9.5 12 5l4.5 4.5M5 15.5V20h14v-4.5',
  download: 'M12 4v11M7.5 10.5 12 15l4.5-4.5M5 15.5V20h14v-4.5',
  undo: 'M9 5 4.5 9.5 9 14M5 9.5h9.5a5 5 0 0 1 0 10H10',
  refresh: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9M20 4v5h-5',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration only: the words beside it, or the button's label, carry the meaning. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      class="icon-shape"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Two lines of captions in a balloon: what is said, and what is read. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path
        fill="var(--accent)"
        d="M8 3h16a6 6 0 0 1 6 6v9a6 6 0 0 1-6 6H14l-6.3 5.2c-.7.5-1.7.1-1.7-.8V23.7A6 6 0 0 1 2 18V9a6 6 0 0 1 6-6Z"
      />
      <path
        fill="none"
        stroke="var(--on-accent)"
        stroke-width="3"
        stroke-linecap="round"
        d="M9 11h9M9 17h14"
      />
    </svg>
  );
}
