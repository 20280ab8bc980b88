import { requireNode } from './setup/node-version.mjs';

requireNode();
void import('./setup/image-programs.mjs').then(({ installImagePrograms }) =>
  installImagePrograms(),
);
