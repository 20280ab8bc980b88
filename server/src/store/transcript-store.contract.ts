import type { OpenCluster } from './contract/cluster.contract.ts';
import { finalsContract } from './contract/finals.contract.ts';
import { glossariesContract } from './contract/glossaries.contract.ts';
import { propertiesContract } from './contract/properties.contract.ts';
import { recordContract } from './contract/record.contract.ts';
import { roomsContract } from './contract/rooms.contract.ts';
import { sessionsContract } from './contract/sessions.contract.ts';
import { translationsContract } from './contract/translations.contract.ts';

/** What every transcript store must do, seen from two nodes at once. */
export function transcriptStoreContract(openCluster: OpenCluster, randomRuns: number): void {
  roomsContract(openCluster);
  glossariesContract(openCluster);
  sessionsContract(openCluster);
  finalsContract(openCluster);
  translationsContract(openCluster);
  recordContract(openCluster);
  propertiesContract(openCluster, randomRuns);
}
