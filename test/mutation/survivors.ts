/** Mistakes that no rule catches, each with the reason why it is harmless where it strikes. */
export const SURVIVORS: Readonly<Record<string, string>> = {
  'production Deployment/front: a container port is renamed':
    'nothing refers to the port by its name: Service, probes and policies use its number',
  'production HorizontalPodAutoscaler/front: a weight that no scaler has':
    'a target of half the figure costs money and breaks nothing',
};
