import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../test/eventually.ts';
import { KUBECONFIG, RUN, sh, startDaemon, succeeds } from './machine.ts';
import { makeAuthority, makeCertificate, PKI, writeKubeconfig } from './pki.ts';

/** The machines' network, to its third byte: node 1 is 10.245.1.2. It is in 10.0.0.0/8, where dist/ looks for API server and mail server. */
export const NODE_NETWORK = '10.245';
/** The address of the API server for the nodes: on an interface of its own, whatever networks the machine has. */
export const HOST = `${NODE_NETWORK}.0.1`;
/** Further addresses of the machine, so that it can be several clients. */
export const CLIENTS = [11, 12, 13].map((last) => `${NODE_NETWORK}.0.${last}`);
/** Pods of node 1 are in 10.244.1.0/24, and so on. */
export const POD_NETWORK = '10.244.0.0/16';
const SERVICE_NETWORK = '10.96.0.0/16';
export const CLUSTER_DNS = '10.96.0.10';
export const API_SERVER = `https://${HOST}:6443`;
const ETCD = 'http://127.0.0.1:12379';

const IDENTITIES = [
  {
    name: 'apiserver',
    subject: '/CN=kube-apiserver',
    alternativeNames: `IP:127.0.0.1,IP:${HOST},IP:10.96.0.1,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc`,
  },
  { name: 'admin', subject: '/O=system:masters/CN=admin' },
  { name: 'controller-manager', subject: '/CN=system:kube-controller-manager' },
  { name: 'scheduler', subject: '/CN=system:kube-scheduler' },
  { name: 'proxy', subject: '/CN=system:kube-proxy' },
  { name: 'front-proxy', subject: '/CN=front-proxy' },
] as const;

/** etcd, API server, controllers and scheduler, as processes of this machine; resolves when the API server is ready. */
export async function startControlPlane(): Promise<void> {
  mkdirSync(RUN, { recursive: true });
  await makeAuthority();
  for (const identity of IDENTITIES) await makeCertificate(identity);
  for (const { name } of IDENTITIES) {
    writeKubeconfig(name === 'admin' ? KUBECONFIG : join(RUN, `${name}.conf`), name, API_SERVER);
  }
  if (!(await succeeds('ip', ['link', 'show', 'cluster0'])))
    await sh('ip', ['link', 'add', 'cluster0', 'type', 'bridge']);
  for (const address of [HOST, ...CLIENTS]) await sh('ip', ['addr', 'replace', `${address}/32`, 'dev', 'cluster0']);
  await sh('ip', ['link', 'set', 'cluster0', 'up']);
  startEtcd();
  startApiServer();
  const kubectl = (...args: string[]) => sh('kubectl', ['--kubeconfig', KUBECONFIG, ...args]);
  await eventually(() => kubectl('get', '--raw', '/readyz'), { withinMs: 120_000 });
  startControllers();
  await kubectl(
    'create',
    'clusterrolebinding',
    'kube-proxy',
    '--clusterrole=system:node-proxier',
    '--user=system:kube-proxy',
  );
}

function startEtcd(): void {
  startDaemon('etcd', 'etcd', [
    ...['--data-dir', join(RUN, 'etcd'), '--unsafe-no-fsync'],
    ...['--listen-client-urls', ETCD, '--advertise-client-urls', ETCD, '--listen-peer-urls', 'http://127.0.0.1:12380'],
  ]);
}

function startApiServer(): void {
  const pki = (name: string) => join(PKI, name);
  const flags = {
    'etcd-servers': ETCD,
    'service-cluster-ip-range': SERVICE_NETWORK,
    'advertise-address': HOST,
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-signing-key-file': pki('sa.key'),
    'service-account-key-file': pki('sa.pub'),
    'client-ca-file': pki('ca.crt'),
    'tls-cert-file': pki('apiserver.crt'),
    'tls-private-key-file': pki('apiserver.key'),
    'authorization-mode': 'Node,RBAC',
    'allow-privileged': 'true',
    'enable-admission-plugins': 'NodeRestriction',
    'kubelet-client-certificate': pki('admin.crt'),
    'kubelet-client-key': pki('admin.key'),
    'kubelet-preferred-address-types': 'InternalIP',
    'requestheader-client-ca-file': pki('ca.crt'),
    'requestheader-allowed-names': 'front-proxy',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    'proxy-client-cert-file': pki('front-proxy.crt'),
    'proxy-client-key-file': pki('front-proxy.key'),
    'enable-aggregator-routing': 'true',
  };
  startDaemon('kube-apiserver', 'kube-apiserver', flagsOf(flags));
}

function startControllers(): void {
  const asUser = (name: string) => {
    const file = join(RUN, `${name}.conf`);
    return {
      kubeconfig: file,
      'authentication-kubeconfig': file,
      'authorization-kubeconfig': file,
      'leader-elect': 'false',
    };
  };
  startDaemon(
    'kube-controller-manager',
    'kube-controller-manager',
    flagsOf({
      ...asUser('controller-manager'),
      'service-account-private-key-file': join(PKI, 'sa.key'),
      'root-ca-file': join(PKI, 'ca.crt'),
      'cluster-signing-cert-file': join(PKI, 'ca.crt'),
      'cluster-signing-key-file': join(PKI, 'ca.key'),
      'use-service-account-credentials': 'true',
      // A node that is lost is noticed within seconds, as the suite has no minutes for it.
      'node-monitor-grace-period': '16s',
    }),
  );
  startDaemon('kube-scheduler', 'kube-scheduler', flagsOf(asUser('scheduler')));
}

function flagsOf(flags: Readonly<Record<string, string>>): string[] {
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}
