import { isRecord } from '../../../guardrails/field.ts';
import { type Check, doubt, met, missing } from '../check.ts';

/** Whether the class that the routes name exists, and whether the pods that the policies admit are there. */
export const edge: Check = async (kubectl, { environment: { edge: wanted } }) => {
  const kind = wanted.exposure === 'gateway' ? 'gatewayclasses' : 'ingressclasses';
  const classes = (await kubectl.list(kind)).map(nameOf);
  const what = `${wanted.exposure} class ${wanted.className}`;
  const { namespace, podLabels } = wanted.controller;
  const selector = Object.entries(podLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const pods = await kubectl.list('pods', '--namespace', namespace, '--selector', selector);
  return [
    classes.includes(wanted.className)
      ? met(what)
      : missing(
          `${what} (there is ${classes.join(', ') || 'none'})`,
          'install the controller, or name its class in charts/environments',
        ),
    pods.length > 0
      ? met(`controller pods ${selector} in ${namespace}`)
      : doubt(
          `controller pods ${selector} in ${namespace}`,
          'the network policies admit only these: set edge.controller to where yours runs',
        ),
  ];
};

function nameOf(object: Readonly<Record<string, unknown>>): string {
  const { metadata } = object;
  return isRecord(metadata) ? String(metadata['name']) : '';
}
