import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** One registry a process, also when a bundler loads this file twice. */
const held = ((globalThis as { __penstockMetrics?: { registry: Registry } }).__penstockMetrics ??= { registry: fresh() });

function fresh(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 });
  return registry;
}

type About<Label extends string> = { name: string; help: string; labelNames?: readonly Label[] };

/** counter gives the process's counter of this name, made at the first call. */
export function counter<Label extends string = never>(about: About<Label>): Counter<Label> {
  return (held.registry.getSingleMetric(about.name) as Counter<Label> | undefined) ?? new Counter({ ...about, registers: [held.registry] });
}

/** gauge gives the process's gauge of this name, made at the first call. */
export function gauge<Label extends string = never>(about: About<Label>): Gauge<Label> {
  return (held.registry.getSingleMetric(about.name) as Gauge<Label> | undefined) ?? new Gauge({ ...about, registers: [held.registry] });
}

/** histogram gives the process's histogram of this name, made at the first call. @param about.buckets upper bounds, seconds */
export function histogram<Label extends string = never>(about: About<Label> & { buckets: number[] }): Histogram<Label> {
  return (held.registry.getSingleMetric(about.name) as Histogram<Label> | undefined) ?? new Histogram({ ...about, registers: [held.registry] });
}

/**
 * expose writes every figure of this process in Prometheus' text format.
 * @param process the kind of process: web, worker, gateway; every sample carries it
 */
export function expose(process: string): Promise<string> {
  held.registry.setDefaultLabels({ process });
  return held.registry.metrics();
}

/** What Prometheus is told the text is. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
