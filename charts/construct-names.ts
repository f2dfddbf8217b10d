import { ApiObject, type Chart } from 'cdk8s';
import { CONSTRUCT } from '../guardrails/annotations.ts';

/** Writes on every object which construct made it, so that a reader of dist/ finds the line to edit. */
export function nameConstructs(chart: Chart): void {
  for (const object of chart.node.findAll()) {
    if (ApiObject.isApiObject(object)) object.metadata.addAnnotation(CONSTRUCT, constructPath(object));
  }
}

/** The path without the last part, which cdk8s and cdk8s-plus name the same for all. */
function constructPath(object: ApiObject): string {
  return object.node.path.replace(/\/(?:Resource|policy|budget|ingress)$/, '');
}
