import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';

/** Ends with 0 where the server of this container answers with 200, else with 1; /health unless a path is given. */
const LIMIT_MS = 3_000;

const { PORT, TLS_CERT } = process.env;
const [path = '/health'] = process.argv.slice(2);
const get = TLS_CERT ? httpsGet : httpGet;
/** @param {string} problem */
const fail = (problem) => {
  console.error(`Expected ${path} to answer with 200, got ${problem}.`);
  process.exit(1);
};

const limit = setTimeout(() => fail(`nothing within ${LIMIT_MS} ms`), LIMIT_MS);
// The certificate names the host that clients know, not this address.
const options = { host: '127.0.0.1', port: PORT || '8080', path, rejectUnauthorized: false };
get(options, ({ statusCode }) => {
  if (statusCode !== 200) fail(`${statusCode}`);
  clearTimeout(limit);
  process.exit(0);
}).on('error', ({ message }) => fail(message));
