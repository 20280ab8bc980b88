/** How the page of the API looks: the same colours as the product's page, light and dark. */
export const API_STYLE = `:root {
  color-scheme: light dark;
  --paper: light-dark(#faf9f6, #131517);
  --surface: light-dark(#ffffff, #1b1e21);
  --ink: light-dark(#1a1c1e, #efede8);
  --soft: light-dark(#54585c, #a9adb2);
  --line: light-dark(#dfdbd2, #31363a);
  --accent: light-dark(#0d5c63, #7fd0cb);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 100% / 1.5 system-ui, sans-serif;
}
main { max-inline-size: 60rem; margin-inline: auto; padding: 2rem 1rem 4rem; }
h1, h2, h3 { line-height: 1.25; letter-spacing: -0.012em; }
h2 { margin-block: 3rem 0.25rem; }
a { color: var(--accent); }
nav ul { columns: 16rem; padding: 0; list-style: none; }
article {
  margin-block: 1rem;
  padding: 1rem 1.25rem;
  border: 1px solid var(--line);
  border-radius: 1rem;
  background: var(--surface);
}
article h3 { margin: 0; overflow-wrap: anywhere; }
article p { margin-block: 0.5rem; }
code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.92em; }
.method { color: var(--accent); }
.tag {
  padding: 0 0.5em;
  border: 1px solid currentColor;
  border-radius: 1em;
  color: var(--soft);
  font-size: 0.75rem;
  font-weight: 400;
}
.scroll { overflow-x: auto; }
table { inline-size: 100%; border-collapse: collapse; font-size: 0.875rem; }
th, td {
  padding: 0.35rem 0.75rem 0.35rem 0;
  border-block-start: 1px solid var(--line);
  text-align: start;
  vertical-align: top;
}
th { border: 0; color: var(--soft); font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`;
