/** How outgoing requests leave this machine, as told by the usual environment variables. */
export interface ProxySettings {
  readonly forHttps: URL | null;
  readonly forHttp: URL | null;
  /** Hosts that are reached directly: names, `.suffixes`, `host:port`, or `*` for all. */
  readonly direct: readonly string[];
}

export const NO_PROXY: ProxySettings = { forHttps: null, forHttp: null, direct: [] };

/** Reads `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy`, lower case before upper case. */
export function readProxySettings(env: NodeJS.ProcessEnv = process.env): ProxySettings {
  const read = (name: string) => env[name] || env[name.toUpperCase()] || '';
  const all = read('all_proxy');
  return {
    forHttps: proxyUrl(read('https_proxy') || all),
    forHttp: proxyUrl(read('http_proxy') || all),
    direct: read('no_proxy')
      .split(/[\s,]+/)
      .filter((entry) => entry !== '')
      .map((entry) => entry.toLowerCase()),
  };
}

/** The proxy for one address, or null for a direct connection. */
export function proxyFor(url: URL, settings: ProxySettings): URL | null {
  const proxy = url.protocol === 'https:' ? settings.forHttps : settings.forHttp;
  return proxy === null || settings.direct.some((entry) => matches(url, entry)) ? null : proxy;
}

function matches(url: URL, entry: string): boolean {
  if (entry === '*') return true;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  // A bare IPv6 address has colons of its own and can carry no port.
  const [, bracketed, plain, wantedPort] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  const suffix = (bracketed ?? plain ?? entry).replace(/^\*?\./, '');
  return host === suffix || host.endsWith(`.${suffix}`);
}

/** A proxy given without a scheme speaks http; SOCKS proxies are not understood and left out. */
function proxyUrl(text: string): URL | null {
  if (text === '') return null;
  const withScheme = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(withScheme)) return null;
  const url = new URL(withScheme);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
}
