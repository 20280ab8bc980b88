/** Line icons of 24 units, drawn with the colour of the text beside them. */
const PATHS = {
  microphone:
    'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.500V21M8.5 21h7',
  tab: 'M3 6.500A1.5 1.5 0 0 1 4.5 5h15A1.5 1.5 0 0 1 21 6.500v11a1.5 1.5 0 0 1-1.5 1.500h-15A1.5 1.5 0 0 1 3 17.500ZM3 9h18M10.5 11.800v4.400l3.8-2.200Z',
  file: 'M6 3.500h8l4.5 4.500v11a1.5 1.5 0 0 1-1.5 1.500H6A1.5 1.5 0 0 1 4.5 19V5A1.5 1.5 0 0 1 6 3.500ZM14 3.500V8h4.500M9 13.500v2.500M11.7 11.500v6M14.5 13v3',
  play: 'M7 4.500v15l12-7.500Z',
  pause: 'M8 5v14M16 5v14',
  stop: 'M6.5 6.500h11v11h-11Z',
  copy: 'M9 9V5.500A1.5 1.5 0 0 1 10.5 4h8A1.5 1.5 0 0 1 20 5.500v8a1.5 1.5 0 0 1-1.5 1.500H15M5.5 9h8a1.5 1.5 0 0 1 1.5 1.500v8a1.5 1.5 0 0 1-1.5 1.500h-8A1.5 1.5 0 0 1 4 18.500v-8A1.5 1.5 0 0 1 5.5 9Z',
  check: 'm5 12.5 4.5 4.500L19 7.5',
  share: 'M12 15V4M8 7.5 12 3.500l4 4M6 11.500H5V20h14v-8.500h-1',
  qr: 'M4 4h6v6H4ZM14 4h6v6h-6ZM4 14h6v6H4ZM14 14h2.500v2.500H14ZM20 14v3M17 20h3M14 20v-.5',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.500V5M12 19v2.500M2.5 12H5M19 12h2.500M5.3 5.3 7 7M17 17l1.7 1.700M5.3 18.7 7 17M17 7l1.7-1.7',
  moon: 'M19.5 14.500A8 8 0 0 1 9.5 4.500a8 8 0 1 0 10 10Z',
  auto: 'M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 3.500v17M12 7.500h5M12 12h8.300M12 16.500h5',
  text: 'M3.5 18.5 8.5 6l5 12.500M5.2 14.500h6.600M15 18.500l3-7.5 3 7.500M16 16.300h4',
  aloud: 'M4 9.500h3.500L12 5.500v13l-4.5-4H4ZM15.5 9a4 4 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11',
  both: 'M4 6h16M4 10.500h10M4 15h16M4 19.500h10',
  down: 'M12 5v13M6.5 12.5 12 18l5.5-5.5',
  alert: 'M12 4 2.8 19.500h18.400ZM12 10v4.500M12 17v.2',
  info: 'M12 3.500a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 11v5.500M12 7.500v.2',
  bin: 'M5 7h14M10 7V4.500h4V7M6.5 7l1 13h9l1-13M10 10.500v6M14 10.500v6',
  people:
    'M9 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM3.5 19.500c0-3.5 2.3-5.5 5.5-5.500s5.5 2 5.5 5.500M15.5 5.300a3 3 0 0 1 0 5.400M17 14.300c2.2.6 3.5 2.4 3.5 5.2',
  refresh: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.300L20 9M20 4v5h-5',
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
        d="M8 3h16a6 6 0 0 1 6 6v9a6 6 0 0 1-6 6H14l-6.3 5.200c-.7.5-1.7.1-1.7-.800V23.700A6 6 0 0 1 2 18V9a6 6 0 0 1 6-6Z"
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
