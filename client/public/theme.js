// Runs before the first paint, so that a page in the chosen theme does not flash in the other.
try {
  const theme = localStorage.getItem('parlance.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the system's own choice holds.
}
