/** The import ladder: a folder of lib/ may import only folders to its left. This one array is the architecture. */
const LADDER = ['core', 'db', 'outbox', 'tenancy', 'observability', 'pipeline', 'datasets', 'dispatch', 'runs', 'scheduler',
  'registry', 'inference', 'serving', 'drift', 'rollout', 'lineage', 'watch', 'demo', 'executor', 'worker'];

const ladder = LADDER.slice(0, -1).map((folder, i) => ({
  name: `ladder-${folder}`,
  severity: 'error',
  from: { path: `^lib/${folder}/`, pathNot: '\\.test\\.ts$' },
  to: { path: `^lib/(${LADDER.slice(i + 1).join('|')})/` },
}));

/** Another domain is entered only by index.ts (browser-safe), server.ts, or process.ts (of a process without a database). core and db are foundations: any file. */
const doors = LADDER.slice(2).map((folder) => ({
  name: `door-${folder}`,
  severity: 'error',
  from: { path: '^(lib|app|bin)/', pathNot: [`^lib/${folder}/`, '^lib/testing/', '\\.test\\.ts$'] },
  to: { path: `^lib/${folder}/`, pathNot: `^lib/${folder}/(index|server|process)\\.ts$` },
}));

module.exports = {
  forbidden: [
    ...ladder,
    ...doors,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'components-see-index-only', severity: 'error', from: { path: '^components/' },
      to: { path: '^lib/', pathNot: '^lib/[a-z]+/index\\.ts$' } },
    { name: 'components-not-app', severity: 'error', from: { path: '^components/' },
      to: { path: '^app/', pathNot: '/actions\\.ts$' } },
    { name: 'ui-has-no-domain', severity: 'error', from: { path: '^components/ui/' }, to: { path: '^(lib|app)/' } },
    { name: 'http-is-an-edge', severity: 'error', from: { path: '^lib/', pathNot: '^lib/http/' }, to: { path: '^lib/http/' } },
    { name: 'http-not-executor', severity: 'error', from: { path: '^(lib/http|app)/', pathNot: '\\.test\\.tsx?$' }, to: { path: '^lib/(executor|worker|testing)/' } },
    { name: 'testing-in-tests-only', severity: 'error', from: { path: '^lib/', pathNot: ['^lib/testing/', '\\.test\\.tsx?$'] },
      to: { path: '^lib/testing/' } },
    { name: 'react-not-in-lib', severity: 'error', from: { path: '^lib/', pathNot: '^lib/http/' }, to: { path: 'node_modules/(react|react-dom|next)/' } },
    { name: 'one-door-to-reactflow', severity: 'error', from: { pathNot: '^components/canvas/flow\\.ts$' }, to: { path: 'node_modules/(reactflow|@xyflow)/' } },
    { name: 'generated-client-in-db-only', severity: 'error', from: { pathNot: ['^lib/db/', '^prisma/generated/'] }, to: { path: '^prisma/generated/' } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'prisma/generated'] },
    exclude: { path: '^(\\.next|dist)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
