import { invalid } from '@/lib/core/errors';
import { structureProblems } from './problems';
import { draftSpecSchema, SCHEMA_VERSION, type DraftSpec } from './spec';

type Upgrade = (spec: Record<string, unknown>) => Record<string, unknown>;

/** UPGRADES lifts a spec of the version that is the key to the next one. Each comes with a full fixture of the old version. */
const UPGRADES: Record<number, Upgrade> = {};

/**
 * readSpec takes what somebody sent or stored and gives a draft of the present schemaVersion; older versions are lifted.
 * @throws AppError invalid for what is no spec at all, and for a newer schemaVersion, with a sentence
 */
export function readSpec(value: unknown): DraftSpec {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid('A spec is a JSON object with schemaVersion, tasks and edges.', [
      { path: 'spec', message: 'Give an object.' },
    ]);
  let spec = value as Record<string, unknown>;
  let version = spec.schemaVersion ?? SCHEMA_VERSION;
  if (!Number.isInteger(version) || (version as number) < 1)
    throw invalid(
      `The spec's schemaVersion is ${JSON.stringify(version)}, but it must be a whole number, at present ${SCHEMA_VERSION}.`,
      [{ path: 'schemaVersion', message: `Use ${SCHEMA_VERSION}.`, value: version }],
    );
  if ((version as number) > SCHEMA_VERSION)
    throw invalid(
      `This spec has schemaVersion ${version as number}, but this Penstock understands versions up to ${SCHEMA_VERSION}. Upgrade Penstock, or export the pipeline in version ${SCHEMA_VERSION}.`,
      [
        {
          path: 'schemaVersion',
          message: `This Penstock understands versions up to ${SCHEMA_VERSION}.`,
          value: version,
        },
      ],
    );
  for (; version !== SCHEMA_VERSION; version = (version as number) + 1)
    spec = UPGRADES[version as number]?.(spec) ?? spec;
  const parsed = draftSpecSchema.safeParse({ ...spec, schemaVersion: SCHEMA_VERSION });
  if (parsed.success) return parsed.data;
  const problems = structureProblems(draftSpecSchema, spec, []);
  throw invalid(
    `This is no pipeline spec: ${problems[0]?.message ?? 'its frame is wrong.'}`,
    problems.map(({ path, message }) => ({ path, message })),
  );
}
