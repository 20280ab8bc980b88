import { availableParallelism, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { CAC } from 'cac';
import { thisMachine, thisSystem } from '../../../scripts/setup/probe.mjs';
import { readSettings, type Settings, SettingsError } from '../config/settings.ts';
import { checkCapacity } from '../doctor/capacity.ts';
import { renderReport } from '../doctor/doctor-report.ts';
import {
  apertiumTargets,
  checkChromium,
  checkFfmpeg,
  checkModel,
  checkRedis,
  checkTranslation,
} from '../doctor/engine-checks.ts';
import { captionsWork, type Finding } from '../doctor/finding.ts';
import { checkInstallation, checkNode, findProjectRoot } from '../doctor/install-checks.ts';
import { checkTranslationModels } from '../doctor/model-checks.ts';
import { checkOutsideEngines } from '../doctor/outside-checks.ts';
import { checkFolder, checkPort } from '../doctor/place-checks.ts';
import { CATALOGUE } from '../models/catalogue.ts';
import { ModelStore } from '../models/model-store.ts';
import { marksFor } from './marks.ts';

/** Adds `parlance doctor`; its exit code is 1 where speech does not become captions. */
export function registerDoctor(cli: CAC): void {
  cli
    .command('doctor', 'What is found, what is missing, and what that means')
    .option('--json', 'One JSON object')
    .action(async ({ json = false }: { json?: boolean }) => {
      const findings = await examine();
      const works = captionsWork(findings);
      const text = json
        ? `${JSON.stringify({ captionsWork: works, findings })}\n`
        : renderReport(findings, marksFor(process.stdout));
      process.stdout.write(text);
      return works ? 0 : 1;
    });
}

/** Looks at everything that Parlance needs; changes nothing. */
export async function examine(): Promise<readonly Finding[]> {
  const root = findProjectRoot(fileURLToPath(import.meta.url));
  const findings: Finding[] = [checkNode(process.versions.node), ...checkInstallation(root)];
  const { settings, finding } = settingsOrDefaults();
  if (finding !== null) findings.push(finding);
  const system = thisSystem();
  const probe = thisMachine(root ?? process.cwd());
  const store = new ModelStore(settings.PARLANCE_CACHE);
  findings.push(
    checkFfmpeg(settings, probe, system),
    await checkRedis(settings, probe, system),
    ...(await Promise.all(
      CATALOGUE.filter(({ starter }) => starter && hearsItself(settings)).map((model) =>
        checkModel(model, store),
      ),
    )),
    await checkTranslation(settings, system),
    ...(await checkModels(settings)),
    ...(await checkOutsideEngines(settings)),
    await checkPort(settings.HOST, settings.PORT),
    await checkFolder('data-folder', 'Data folder', settings.DATA_DIR, 'DATA_DIR'),
    await checkFolder('cache-folder', 'Cache folder', settings.PARLANCE_CACHE, 'PARLANCE_CACHE'),
    checkCapacity({
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      maxLiveSessions: settings.MAX_LIVE_SESSIONS,
    }),
  );
  return [...findings, checkChromium(probe, system)];
}

function hearsItself({ RECOGNIZER }: Settings): boolean {
  return RECOGNIZER.some((name) => name !== 'openai');
}

/** Of no interest where nothing would use them. */
async function checkModels(settings: Settings): Promise<Finding[]> {
  if (!settings.TRANSLATORS.includes('bergamot')) return [];
  return [await checkTranslationModels(settings, await apertiumTargets())];
}

/** Settings that cannot be read are a finding; the rest is then looked at with the defaults. */
function settingsOrDefaults(): { settings: Settings; finding: Finding | null } {
  try {
    return { settings: readSettings(), finding: null };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const finding: Finding = {
      id: 'settings',
      title: 'Settings',
      level: 'fail',
      found: error.problems.map((problem) => problem.trim()).join('; '),
      meaning:
        'The server does not start with these. What follows was looked at with the defaults.',
      mend: 'correct or unset them (docs/settings.md)',
    };
    return { settings: readSettings({}), finding };
  }
}
