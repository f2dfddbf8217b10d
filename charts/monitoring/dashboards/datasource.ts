/** The Prometheus that every panel asks: provisioned under this id in our own Grafana. */
export const DATASOURCE = { type: 'prometheus', uid: 'prometheus' } as const;
