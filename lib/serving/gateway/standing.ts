import { type EndpointState } from '../schema';
import { type Standing } from './fleet';
import { type RoutingTable, type TableEndpoint } from './table';

/** endpointState says how an endpoint stands by its stable variant's replicas, with the reason when they are not ready. */
export function endpointState(endpoint: TableEndpoint, standing: (variantId: string) => Standing): { state: EndpointState; problem: string | null } {
  const stable = endpoint.variants.find((variant) => variant.name === 'stable');
  if (!stable) return { state: 'failed', problem: 'It has no stable variant.' };
  const { ready, problem, failed } = standing(stable.id);
  if (ready > 0) return { state: 'ready', problem: null };
  return { state: failed ? 'failed' : 'starting', problem };
}

/** standingChanges compares what is found with what the database has. */
export function standingChanges(table: RoutingTable, standing: (variantId: string) => Standing) {
  const variants = table.endpoints.flatMap((endpoint) =>
    endpoint.variants.flatMap((variant) => {
      const { ready, problem } = standing(variant.id);
      return ready === variant.ready && problem === variant.problem ? [] : [{ id: variant.id, ready, problem }];
    }),
  );
  const endpoints = table.endpoints.flatMap((endpoint) => {
    const found = endpointState(endpoint, standing);
    return found.state === endpoint.state && found.problem === endpoint.problem ? [] : [{ id: endpoint.id, workspaceId: endpoint.workspaceId, ...found }];
  });
  const touched = table.endpoints.filter((endpoint) => endpoints.some((each) => each.id === endpoint.id) || endpoint.variants.some((variant) => variants.some((each) => each.id === variant.id)));
  return { variants, endpoints, touched };
}
