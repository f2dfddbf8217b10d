import { Cluster, missing } from './cluster.ts';
import { KUBECONFIG } from './machine.ts';

/** `npm run test:cluster:up` and `:down`: the suite's cluster, by hand. */
const command = process.argv[2];
const lacking = await missing();
if (lacking !== undefined) {
  console.error(lacking);
  process.exitCode = 1;
} else if (command === 'up') {
  await new Cluster().up(console.log);
  console.log(`export KUBECONFIG=${KUBECONFIG}`);
} else if (command === 'down') {
  await new Cluster().down();
} else {
  console.error('give up or down');
  process.exitCode = 1;
}
