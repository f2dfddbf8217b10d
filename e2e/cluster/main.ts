import { Cluster, missing } from './cluster.ts';
import { KUBECONFIG } from './machine.ts';

const USAGE = `The cluster of npm run test:kubernetes, by hand (Linux, root, Go). It prints its KUBECONFIG.

  npm run test:cluster:up                 -- --full with Traefik, Prometheus and Alertmanager
  npm run test:cluster:down

Exit codes: 0 done; 1 it failed, or this machine lacks what the output names.
`;

const [command, option] = process.argv.slice(2);
const lacking = await missing();
if (option !== undefined && option !== '--full') {
  console.log(USAGE);
  process.exitCode = ['--help', '-h'].includes(option) ? 0 : 2;
} else if (lacking !== undefined) {
  console.error(lacking);
  process.exitCode = 1;
} else if (command === 'up') {
  await new Cluster().up(console.log);
  console.log(`export KUBECONFIG=${KUBECONFIG}`);
} else await new Cluster().down();
