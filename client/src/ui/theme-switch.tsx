import { Icon, type IconName } from './icons.tsx';
import { chooseTheme, THEMES, type Theme, theme } from './theme.ts';

const LOOK: Record<Theme, { icon: IconName; label: string }> = {
  auto: { icon: 'auto', label: 'like the system' },
  light: { icon: 'sun', label: 'light' },
  dark: { icon: 'moon', label: 'dark' },
};

/** One button that goes through: like the system, light, dark. */
export function ThemeSwitch() {
  const current = theme.value;
  const next = THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? 'auto';
  const label = `Colours: ${LOOK[current].label}. Change to ${LOOK[next].label}.`;
  return (
    <button
      type="button"
      class="button quiet icon"
      aria-label={label}
      title={label}
      data-testid="theme"
      onClick={() => chooseTheme(next)}
    >
      <Icon name={LOOK[current].icon} />
    </button>
  );
}
