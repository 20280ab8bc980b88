import { expect, test } from 'vitest';
import { candidatesIn, installDebianPackages } from './apt.mjs';

const policy = `ffmpeg:
  Installed: (none)
  Candidate: 7:5.1.9-0+deb12u1
  Version table:
     7:5.1.9-0+deb12u1 500
        500 mirror bookworm/main amd64 Packages
apertium-en-gl:
  Installed: 0.5.4-1
  Candidate: 0.5.4-1
  Version table:
 *** 0.5.4-1 500
chromium:
  Installed: (none)
  Candidate: (none)
  Version table:
`;

test('packages with a version to install are read from apt-cache', () => {
  expect([...candidatesIn(policy)]).toEqual(['ffmpeg', 'apertium-en-gl']);
  expect([...candidatesIn('')]).toEqual([]);
});

/**
 * Runs no program: answers as apt would, and writes down what was asked.
 *
 * @param {{ known: readonly string[][], codes?: readonly number[] }} script what apt-cache knows at
 *   each look, and the codes of each installation
 */
function scriptedApt({ known, codes = [0] }) {
  /** @type {string[]} */
  const asked = [];
  let looks = 0;
  let installs = 0;
  /** @type {typeof import('./run.mjs').run} */
  const runner = async (program, args) => {
    const line = [program, ...args].join(' ');
    asked.push(line);
    if (program === 'apt-cache') {
      const names = known[Math.min(looks++, known.length - 1)] ?? [];
      const output = names
        .map((name) => `${name}:\n  Installed: (none)\n  Candidate: 1\n`)
        .join('');
      return { code: 0, output };
    }
    if (!line.includes('apt-get install')) return { code: 0, output: '' };
    return { code: codes[Math.min(installs++, codes.length - 1)] ?? 0, output: 'E: broken\n' };
  };
  /** @param {string} words */
  const count = (words) => asked.filter((line) => line.includes(words)).length;
  return { runner, asked, count };
}

test('known packages are installed without asking for newer lists', async () => {
  const apt = scriptedApt({ known: [['ffmpeg', 'apertium']] });
  await installDebianPackages(['ffmpeg', 'apertium'], false, apt.runner);
  expect(apt.count('apt-get update')).toBe(0);
  expect(apt.asked.at(-1)).toMatch(
    /^env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends .* ffmpeg apertium$/,
  );
});

test('sudo passes the environment on', async () => {
  const apt = scriptedApt({ known: [['ffmpeg']] });
  await installDebianPackages(['ffmpeg'], true, apt.runner);
  expect(apt.asked.at(-1)).toMatch(/^sudo env DEBIAN_FRONTEND=noninteractive apt-get install/);
});

test('empty lists are updated once', async () => {
  const apt = scriptedApt({ known: [[], ['ffmpeg']] });
  await installDebianPackages(['ffmpeg'], false, apt.runner);
  expect(apt.count('apt-get update')).toBe(1);
  expect(apt.count('apt-get install')).toBe(1);
});

test('a name that is unknown even then does not keep the others from being installed', async () => {
  const apt = scriptedApt({ known: [['ffmpeg'], ['ffmpeg']] });
  const outcome = await installDebianPackages(['ffmpeg', 'chromium'], false, apt.runner);
  expect(outcome).toEqual({ installed: ['ffmpeg'], unknown: ['chromium'] });
  expect(apt.asked.at(-1)).not.toContain('chromium');
});

test('nothing known, nothing installed', async () => {
  const apt = scriptedApt({ known: [[]] });
  const outcome = await installDebianPackages(['chromium'], false, apt.runner);
  expect(outcome).toEqual({ installed: [], unknown: ['chromium'] });
  expect(apt.count('apt-get install')).toBe(0);
});

test('a failed installation is tried again with newer lists, once', async () => {
  const mended = scriptedApt({ known: [['ffmpeg']], codes: [100, 0] });
  await installDebianPackages(['ffmpeg'], false, mended.runner);
  expect(mended.count('apt-get update')).toBe(1);

  const broken = scriptedApt({ known: [['ffmpeg']], codes: [100] });
  await expect(installDebianPackages(['ffmpeg'], false, broken.runner)).rejects.toThrow(
    /apt-get ended with code 100:\n {2}E: broken/,
  );
  expect(broken.count('apt-get install')).toBe(2);
});

test("the service that Debian starts with redis-server is stopped; others' are left alone", async () => {
  const redis = scriptedApt({ known: [['redis-server']] });
  await installDebianPackages(['redis-server'], false, redis.runner);
  expect(
    redis.asked.some((line) => /(systemctl disable --now|service) redis-server/.test(line)),
  ).toBe(true);
  const other = scriptedApt({ known: [['ffmpeg']] });
  await installDebianPackages(['ffmpeg'], false, other.runner);
  expect(other.asked.some((line) => /systemctl|service /.test(line))).toBe(false);
});
