import { requireNode } from './setup/node-version.mjs';

requireNode();
void import('./setup/build-product.mjs').then(({ buildProduct }) => buildProduct());
