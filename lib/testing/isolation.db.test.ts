import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids';
import { prisma } from '@/lib/db/client';
import { inTransaction, type Tx } from '@/lib/db/transaction';
import * as drift from '@/lib/drift/server';
import * as datasets from '@/lib/datasets/server';
import * as dispatch from '@/lib/dispatch/server';
import * as observability from '@/lib/observability/server';
import * as inference from '@/lib/inference/server';
import * as pipeline from '@/lib/pipeline/server';
import * as registry from '@/lib/registry/server';
import * as serving from '@/lib/serving/server';
import { newRolloutSchema } from '@/lib/rollout';
import * as rollout from '@/lib/rollout/server';
import * as runs from '@/lib/runs/server';
import * as scheduler from '@/lib/scheduler/server';
import * as tenancy from '@/lib/tenancy/server';
import { testDatabase } from './database';
import { type TestContext } from './factories';
import { makeTenant, type Tenant } from './isolation';

vi.setConfig({ testTimeout: 60_000 });
testDatabase();

let mine: Tenant;
let foreign: Tenant;

beforeAll(async () => {
  mine = await makeTenant('alpha');
  foreign = await makeTenant('omega');
}, 120_000);
afterAll(datasets.stopReaders);

/** A call in one's own workspace with what another workspace has. */
type Call = (ctx: TestContext, of: Tenant) => unknown;
/** refused: not_found. nothing: null, an empty list or object. ownOnly: gives what is one's own, and nothing of theirs. */
type Scoped = { refused: Record<string, Call>; nothing: Record<string, Call>; ownOnly: Record<string, Call> };

const page = { limit: 10, offset: 0, sort: null };
const task = { kind: 'source', id: 's', config: { dataset: 'x' } } as never;
const newest = async (of: Tenant) => (await prisma().datasetVersion.findFirstOrThrow({ where: { workspaceId: of.ctx.workspaceId, state: 'good' } })).id;

const servedId = async (of: Tenant) => (await prisma().endpoint.findFirstOrThrow({ where: { workspaceId: of.ctx.workspaceId, slug: of.endpoint } })).id;
const servedVersion = (of: Tenant) => prisma().modelVersion.findFirstOrThrow({ where: { workspaceId: of.ctx.workspaceId, number: 1 } });
const changeOf = async (ctx: TestContext, of: Tenant, work: (tx: Tx, change: serving.TrafficChange) => Promise<unknown>) => {
  const endpointId = await servedId(of);
  await inTransaction(async (tx) => void (await work(tx, { workspaceId: ctx.workspaceId, endpointId, actor: 'x', verb: 'x', reason: 'x', at: ctx.now })));
};

const SCOPED: Record<string, Scoped> = {
  pipeline: {
    refused: {
      deletePipeline: (ctx, of) => pipeline.deletePipeline(ctx, of.slug),
      diffVersions: (ctx, of) => pipeline.diffVersions(ctx, of.slug, 1, 2),
      getPipeline: (ctx, of) => pipeline.getPipeline(ctx, of.slug),
      getVersion: (ctx, of) => pipeline.getVersion(ctx, of.slug, 1),
      listVersions: (ctx, of) => pipeline.listVersions(ctx, of.slug),
      publish: (ctx, of) => pipeline.publish(ctx, of.slug, {}),
      requirePipeline: (ctx, of) => pipeline.requirePipeline(ctx, of.slug),
      requirePipelineId: (ctx, of) => pipeline.requirePipelineId(ctx, of.slug),
      restoreVersion: (ctx, of) => pipeline.restoreVersion(ctx, of.slug, 1),
      saveDraft: (ctx, of) => pipeline.saveDraft(ctx, of.slug, { baseRevision: 1, spec: of.spec }),
      specAt: (ctx, of) => pipeline.specAt(ctx, of.slug, 'draft'),
      updatePipeline: (ctx, of) => pipeline.updatePipeline(ctx, of.slug, { name: 'taken' }),
      validateSpec: (ctx, of) => pipeline.validateSpec(ctx, of.slug, of.spec),
    },
    nothing: {},
    ownOnly: {
      createPipeline: (ctx, of) => pipeline.createPipeline(ctx, { slug: of.oldSlug, name: 'Same slug' }),
      gatherFacts: (ctx) =>
        pipeline.gatherFacts(ctx, 'p', {
          ...(mine.spec as never as Parameters<typeof pipeline.gatherFacts>[2]),
          tasks: [{ id: 'a', kind: 'source', config: { path: 'channel connection secrets vars reads' } }, { id: 'b', kind: 'subpipeline', config: {} }],
        }),
      listPipelines: (ctx) => pipeline.listPipelines(ctx, { archived: 'all' }),
      listPipelinesWithDrafts: (ctx) => pipeline.listPipelinesWithDrafts(ctx, { archived: 'all' }),
      validateNewSpec: (ctx) => pipeline.validateNewSpec(ctx, mine.spec),
    },
  },
  datasets: {
    refused: {
      deleteFile: (ctx, of) => datasets.deleteFile(ctx, of.file),
      exportVersion: (ctx, of) => datasets.exportVersion(ctx, of.dataset, 1, 'csv'),
      findWorkspaceFiles: (ctx, of) => datasets.findWorkspaceFiles(ctx.workspaceId, of.file),
      getDataset: (ctx, of) => datasets.getDataset(ctx, of.dataset),
      getVersion: (ctx, of) => datasets.getVersion(ctx, of.dataset, 1),
      listCheckResults: (ctx, of) => datasets.listCheckResults(ctx, of.dataset),
      listVersions: (ctx, of) => datasets.listVersions(ctx, of.dataset, { limit: 10 }),
      openFile: (ctx, of) => datasets.openFile(ctx, of.file),
      openStored: (ctx, of) => datasets.openStored(ctx.workspaceId, { dataset: of.dataset }),
      previewVersion: (ctx, of) => datasets.previewVersion(ctx, of.dataset, 1, page),
      profileVersion: (ctx, of) => datasets.profileVersion(ctx, of.dataset, 1),
      putChecks: (ctx, of) => datasets.putChecks(ctx, of.dataset, []),
      releaseVersion: (ctx, of) => datasets.releaseVersion(ctx, of.dataset, 2, 'because'),
    },
    nothing: {
      filesMatching: (ctx, of) => datasets.filesMatching(ctx.workspaceId, of.file),
      newestGood: (ctx, of) => datasets.newestGood(ctx.workspaceId, of.dataset),
      checksOfDataset: (ctx, of) => datasets.checksOfDataset(ctx.workspaceId, of.dataset),
      holdsOn: (ctx, of) => inTransaction((tx) => datasets.holdsOn(tx, ctx.workspaceId, [of.dataset])),
      listRunChecks: (ctx, of) => datasets.listRunChecks(ctx, of.runId),
      pinReads: async (ctx, of) =>
        (await inTransaction((tx) => datasets.pinReads(tx, ctx.workspaceId, { tasks: [{ id: 's', kind: 'source', config: { dataset: of.dataset } } as never] }, null)))[of.dataset],
      settleVersion: (ctx, of) => inTransaction(async (tx) => datasets.settleVersion(tx, ctx.workspaceId, await newest(of), { state: 'good' }, ctx.now)),
    },
    ownOnly: {
      listDatasets: (ctx) => datasets.listDatasets(ctx, { limit: 100 }),
      listFiles: (ctx) => datasets.listFiles(ctx, { limit: 100 }),
      uploadFile: (ctx, of) => datasets.uploadFile(ctx, of.file, Buffer.from('mine')).then(() => null),
    },
  },
  runs: {
    refused: {
      approveTask: (ctx, of) => runs.approveTask({ ...ctx, role: 'approver' }, of.runId, of.taskId, { decision: 'approve', reason: 'x' }),
      cancelRun: (ctx, of) => runs.cancelRun(ctx, of.runId),
      cancelRunIn: (ctx, of) => inTransaction((tx) => runs.cancelRunIn(tx, ctx, of.runId, 'x')),
      prepareRun: (ctx, of) => runs.prepareRun(ctx, { pipelineSlug: of.slug }),
      rerunIn: (ctx, of) => inTransaction((tx) => runs.rerunIn(tx, ctx, of.runId, { from: 'start' })),
      clearTask: (ctx, of) => runs.clearTask(ctx, of.runId, of.taskId, {}),
      compareWithSuccess: (ctx, of) => runs.compareWithSuccess(ctx, of.runId),
      createRun: (ctx, of) => runs.createRun(ctx, { pipelineSlug: of.slug }),
      createRunView: (ctx, of) => runs.createRunView(ctx, { pipelineSlug: of.slug }),
      requireRunnable: (ctx, of) => runs.requireRunnable(ctx, of.slug),
      createTry: (ctx, of) => runs.createTry(ctx, { pipelineSlug: of.slug, spec: of.spec as never, taskId: 'first' }),
      exportOutput: (ctx, of) => runs.exportOutput(ctx, of.runId, of.taskId, 'csv'),
      findPart: (ctx, of) => runs.findPart(ctx, of.runId, of.taskId),
      mapGrid: (ctx, of) => runs.mapGrid(ctx, of.runId, of.taskId),
      findTask: (ctx, of) => runs.findTask(ctx, of.runId, of.taskId),
      getRun: (ctx, of) => runs.getRun(ctx, of.runId),
      getRunSpec: (ctx, of) => runs.getRunSpec(ctx, of.runId),
      getRunState: (ctx, of) => runs.getRunState(ctx, of.runId),
      getEndedRun: (ctx, of) => runs.getEndedRun(ctx, of.runId),
      listArtifacts: (ctx, of) => runs.listArtifacts(ctx, of.runId, of.taskId),
      listAttempts: (ctx, of) => runs.listAttempts(ctx, of.runId, of.taskId),
      listTasks: (ctx, of) => runs.listTasks(ctx, of.runId, undefined),
      markTask: (ctx, of) => runs.markTask(ctx, of.runId, of.taskId, { state: 'failed', reason: 'x' }),
      openArtifact: (ctx, of) => runs.openArtifact(ctx, of.runId, of.taskId, of.artifactId),
      raiseRun: (ctx, of) => runs.raiseRun(ctx, of.runId, { priority: 1 }),
      previewOutput: (ctx, of) => runs.previewOutput(ctx, of.runId, of.taskId, { ...page, profile: false }),
      rerunPlan: (ctx, of) => runs.rerunPlan(ctx, of.runId, { from: 'start' }),
      rerunRun: (ctx, of) => runs.rerunRun(ctx, of.runId, { from: 'start' }),
      runGrid: (ctx, of) => runs.runGrid(ctx, of.slug, { runs: 10 }),
      runTimeline: (ctx, of) => runs.runTimeline(ctx, of.runId),
      runStory: (ctx, of) => runs.runStory(ctx, of.runId),
      whyWaiting: (ctx, of) => runs.whyWaiting(ctx, of.runId),
    },
    nothing: {
      newestEnded: (ctx, of) => runs.newestEnded(ctx.workspaceId, { pipeline: of.slug, states: ['succeeded', 'failed'], intervalStart: null, after: null }),
      findRun: (ctx, of) => runs.findRun(of.runId, ctx.workspaceId),
    },
    ownOnly: { listApprovals: (ctx) => runs.listApprovals(ctx), listRuns: (ctx) => runs.listRuns(ctx, { limit: 100 }) },
  },
  scheduler: {
    refused: {
      backfillIntervals: (ctx, of) => scheduler.backfillIntervals(ctx, of.slug, { from: '2026-01-01', to: '2026-01-02' }),
      cancelBackfill: (ctx, of) => scheduler.cancelBackfill(ctx, mine.slug, of.backfillId),
      deleteCalendar: (ctx, of) => scheduler.deleteCalendar(ctx, of.name),
      extendBackfill: (ctx, of) => scheduler.extendBackfill(ctx, mine.slug, of.backfillId, { intervals: ['2026-01-07'] }),
      findWebhook: (ctx, of) => scheduler.findWebhook(ctx, mine.slug, of.webhookId),
      getCalendar: (ctx, of) => scheduler.getCalendar(ctx, of.name),
      getBackfill: (ctx, of) => scheduler.getBackfill(ctx, mine.slug, of.backfillId),
      listEventTriggers: (ctx, of) => scheduler.listEventTriggers(ctx, of.slug),
      pauseBackfill: (ctx, of) => scheduler.pauseBackfill(ctx, mine.slug, of.backfillId),
      planBackfill: (ctx, of) => scheduler.planBackfill(ctx, of.slug, {} as never),
      renewHook: (ctx, of) => scheduler.renewHook(ctx, mine.slug, of.webhookId),
      resumeBackfill: (ctx, of) => scheduler.resumeBackfill(ctx, mine.slug, of.backfillId),
      resumeFailed: (ctx, of) => scheduler.resumeFailed(ctx, mine.slug, of.backfillId),
      startBackfill: (ctx, of) => scheduler.startBackfill(ctx, of.slug, of.backfillToken),
      startRun: (ctx, of) => scheduler.startRun(ctx, { pipelineSlug: of.slug, logicalDate: new Date(0) }),
    },
    nothing: {},
    ownOnly: {
      excludedBy: async (ctx, of) => [...(await scheduler.excludedBy(ctx.workspaceId, { triggers: [{ kind: 'schedule', calendar: of.name }] }))({ calendar: of.name })],
      listCalendars: (ctx) => scheduler.listCalendars(ctx),
      putCalendar: (ctx) => scheduler.putCalendar(ctx, 'days-off', { dates: [] }),
      listEvents: (ctx) => scheduler.listEvents(ctx, { limit: 50 }), listBackfills: (ctx) => scheduler.listBackfills(ctx, { limit: 50 }), listSchedules: (ctx) => scheduler.listSchedules(ctx) },
  },
  drift: {
    refused: {
      driftReport: (ctx, of) => drift.driftReport(ctx, of.endpoint, {}),
      featureDistribution: (ctx, of) => drift.featureDistribution(ctx, of.endpoint, of.mark, { window: '2001-01-01T00:00:00Z', grain: 'day' }),
    },
    nothing: {},
    ownOnly: { listMonitored: (ctx) => drift.listMonitored(ctx, { limit: 100 }) },
  },
  dispatch: {
    refused: {
      deletePool: (ctx, of) => dispatch.deletePool(ctx, of.name),
      getPool: (ctx, of) => dispatch.getPool(ctx, of.name),
    },
    nothing: {},
    ownOnly: {
      getCluster: (ctx) => dispatch.getCluster(ctx),
      getQueue: (ctx) => dispatch.getQueue(ctx),
      listPools: (ctx) => dispatch.listPools(ctx),
      putPool: (ctx, of) => dispatch.putPool(ctx, of.name, { slots: 1 }).then(() => null),
    },
  },
  rollout: {
    refused: {
      decideRollout: (ctx, of) => rollout.decideRollout(ctx, of.rolloutId, 'abort', { reason: 'x' }),
      getRollout: (ctx, of) => rollout.getRollout(ctx, of.rolloutId),
      requireRollout: (ctx, of) => rollout.requireRollout(ctx, of.rolloutId),
      rolloutOverTime: (ctx, of) => rollout.rolloutOverTime(ctx, of.rolloutId),
      startRollout: (ctx, of) => rollout.startRollout(ctx, of.spareEndpoint, newRolloutSchema.parse({ candidate: 2, steps: [{ weight: 5 }] })),
    },
    nothing: {},
    ownOnly: {
      listRollouts: (ctx) => rollout.listRollouts(ctx, { limit: 100 }),
      listWaiting: (ctx) => rollout.listWaiting(ctx),
      settle: (ctx, of) => rollout.settle(ctx.workspace, of.rolloutId, ctx.now),
    },
  },
  registry: {
    refused: {
      getModel: (ctx, of) => registry.getModel(ctx, of.model),
      getVersion: (ctx, of) => registry.getVersion(ctx, of.model, 1),
      listVersions: (ctx, of) => registry.listVersions(ctx, of.model, { limit: 10 }),
      putAlias: (ctx, of) => registry.putAlias(ctx, of.model, 'champion', { version: 1, reason: 'x' }),
      putTag: (ctx, of) => registry.putTag(ctx, of.model, 1, 'stage', 'x'),
      registerVersion: (ctx, of) => registry.registerVersion(ctx, of.model, new registry.Upload(ctx.workspaceId), {}),
      requireModel: (ctx, of) => registry.requireModel(ctx, of.model),
      resolveVersion: (ctx, of) => registry.resolveVersion(ctx, of.model, { version: 1 }),
    },
    nothing: { findVersion: async (ctx, of) => registry.findVersion(ctx.workspaceId, (await servedVersion(of)).id) },
    ownOnly: { createModel: (ctx, of) => registry.createModel(ctx, { name: of.dataset }).then(() => null), listModels: (ctx) => registry.listModels(ctx, { limit: 100 }) },
  },
  inference: {
    refused: {},
    nothing: {
      countDropped: async (ctx, of) => (await inference.countDropped(ctx, await servedId(of), new Date(0), ctx.now)) || null,
      listInferences: async (ctx, of) => (await inference.listInferences(ctx, { endpointId: await servedId(of), limit: 10 })).items,
      variantStats: async (ctx, of) => inference.variantStats(ctx, { endpointId: await servedId(of), from: new Date(0), to: ctx.now }),
    },
    ownOnly: {},
  },
  serving: {
    refused: {
      addCandidate: async (ctx, of) => {
        const version = await servedVersion(of);
        await inTransaction(async (tx) => serving.addCandidate(tx, { workspaceId: ctx.workspaceId, endpointId: await servedId(of), modelVersionId: version.id, version: 1, rolloutId: newId() }));
      },
      deleteEndpoint: (ctx, of) => serving.deleteEndpoint(ctx, of.spareEndpoint, of.spareEndpoint),
      endpointStats: (ctx, of) => serving.endpointStats(ctx, of.endpoint, {}),
      getEndpoint: (ctx, of) => serving.getEndpoint(ctx, of.endpoint),
      promoteCandidate: (ctx, of) => changeOf(ctx, of, (tx, change) => serving.promoteCandidate(tx, change)),
      readLedger: (ctx, of) => serving.readLedger(ctx, of.endpoint, { limit: 10 }),
      requestAlias: (ctx, of) => serving.requestAlias(ctx, of.model, 'champion', { version: 1, reason: 'x' }),
      requireEndpoint: (ctx, of) => serving.requireEndpoint(ctx, of.endpoint),
      retireCandidate: (ctx, of) => changeOf(ctx, of, (tx, change) => serving.retireCandidate(tx, change)),
      setTraffic: (ctx, of) => changeOf(ctx, of, (tx, change) => serving.setTraffic(tx, { ...change, weights: { stable: 100, candidate: 0 }, routing: {} })),
      tryEndpoint: (ctx, of) => serving.tryEndpoint(ctx, of.endpoint, {}, null),
    },
    nothing: {
      completeAlias: async (ctx, of) => (await serving.completeAlias(ctx.workspaceId, await servedId(of), ctx.now)) || null,
      lockEndpoint: (ctx, of) => inTransaction(async (tx) => serving.lockEndpoint(tx, ctx.workspaceId, await servedId(of))),
    },
    ownOnly: {
      createEndpoint: (ctx, of) => serving.createEndpoint(ctx, { slug: of.endpoint, model: mine.model, version: 1 }).then(() => null),
      endpointInferences: (ctx) => serving.endpointInferences(ctx, { limit: 100 }),
      listEndpoints: (ctx) => serving.listEndpoints(ctx, { limit: 100 }),
    },
  },
  tenancy: {
    refused: {
      announce: (ctx, of) => inTransaction((tx) => tenancy.announce(tx, ctx.workspaceId, of.name, { event: 'x', title: 'x', text: 'x' }, ctx.now)),
      changeRole: (ctx, of) => tenancy.changeRole(ctx, of.memberId, 'admin'),
      deleteChannel: (ctx, of) => tenancy.deleteChannel(ctx, of.name),
      deleteConnection: (ctx, of) => tenancy.deleteConnection(ctx, of.name),
      deleteSecret: (ctx, of) => tenancy.deleteSecret(ctx, of.name),
      deleteVariable: (ctx, of) => tenancy.deleteVariable(ctx, of.name),
      findInvite: (ctx, of) => tenancy.findInvite(ctx, of.inviteId),
      findSecret: (ctx, of) => tenancy.findSecret(ctx, of.name),
      findToken: (ctx, of) => tenancy.findToken(ctx, of.tokenId),
      getChannelView: (ctx, of) => tenancy.getChannelView(ctx, of.name),
      getConnection: (ctx, of) => tenancy.getConnection(ctx, of.name),
      getMember: (ctx, of) => tenancy.getMember(ctx, of.memberId),
      getVariable: (ctx, of) => tenancy.getVariable(ctx, of.name),
      removeMember: (ctx, of) => tenancy.removeMember(ctx, of.memberId),
      revokeToken: (ctx, of) => tenancy.revokeToken(ctx, of.tokenId),
      testChannel: (ctx, of) => tenancy.testChannel(ctx, of.name),
      testConnection: (ctx, of) => tenancy.testConnection(ctx, of.name),
      withdrawInvite: (ctx, of) => tenancy.withdrawInvite(ctx, of.inviteId),
    },
    nothing: {
      getChannel: (ctx, of) => tenancy.getChannel(ctx.workspaceId, of.name),
      resolveConnection: (ctx, of) => tenancy.resolveConnection(ctx.workspaceId, of.name),
      resolveSecret: (ctx, of) => tenancy.resolveSecret(ctx.workspaceId, of.name),
      webhookTarget: (ctx, of) => tenancy.webhookTarget(ctx.workspaceId, of.name),
    },
    ownOnly: {
      createToken: (ctx) => tenancy.createToken(ctx, { name: 'x', role: 'viewer' }),
      getVariables: (ctx) => tenancy.getVariables(ctx.workspaceId),
      getWorkspace: (ctx) => tenancy.getWorkspace(ctx),
      invite: (ctx) => tenancy.invite(ctx, { email: 'new@example.test', role: 'viewer' }, 'http://localhost'),
      listAudit: (ctx) => tenancy.listAudit(ctx, { limit: 200 }),
      listChannels: (ctx) => tenancy.listChannels(ctx),
      listConnections: (ctx) => tenancy.listConnections(ctx),
      listInvites: (ctx) => tenancy.listInvites(ctx),
      listMembers: (ctx) => tenancy.listMembers(ctx),
      listSecrets: (ctx) => tenancy.listSecrets(ctx),
      listTokens: (ctx) => tenancy.listTokens(ctx),
      listVariables: (ctx) => tenancy.listVariables(ctx),
      putChannel: (ctx, of) => tenancy.putChannel(ctx, of.name, { kind: 'email', config: { to: ['mine@example.test'] } }).then(() => null),
      putConnection: (ctx, of) => tenancy.putConnection(ctx, of.name, { kind: 'http', config: { baseUrl: 'https://mine.test', auth: 'none' } }).then(() => null),
      putSecret: (ctx, of) => tenancy.putSecret(ctx, of.name, { value: 'mine' }).then(() => null),
      putVariable: (ctx, of) => tenancy.putVariable(ctx, of.name, { value: 'mine' }).then(() => null),
      secretNames: async (ctx) => [...(await tenancy.secretNames(ctx.workspaceId))].filter((name) => name.startsWith(mine.mark)),
      updateWorkspace: (ctx) => tenancy.updateWorkspace(ctx, { weight: 3 }),
      verifyAudit: (ctx) => tenancy.verifyAudit(ctx),
    },
  },
  observability: {
    refused: {
      logText: (ctx, of) => observability.logText(ctx, { runId: of.runId, taskId: of.taskId }),
      readLogs: (ctx, of) => observability.readLogs(ctx, { runId: of.runId, taskId: of.taskId }),
    },
    nothing: {},
    ownOnly: {},
  },
};

/** Exported functions that are given nothing of a workspace to look up, and why. A new one must be thought about here. */
const APART: Record<string, Record<string, string[]>> = {
  registry: {
    'files of an upload, under the workspace that its caller names': ['Upload', 'modelKey'],
    'inside a transaction of serving, with the model of its own endpoint': ['aliasWish', 'moveAlias', 'wishAlias'],
  },
  inference: { 'the gateway and housekeeping, over all workspaces': ['forgetInferences', 'LogWriter', 'makeDaysAhead', 'openSpool'] },
  serving: {
    'a notice': ['announceEndpoint'],
    'the gateway, over all workspaces': ['Gateway', 'gatewayAddress'],
    'drift, with a version that it has read': ['askModel'],
    'of an endpoint that its caller has looked up': ['readyReplicas'],
  },
  pipeline: { 'pure': ['hashSpec'], 'the engine, with a run that it ended': ['pauseAfterFailure'], 'whoever makes a version current': ['writeEventTriggers'] },
  datasets: {
    'the store itself, whose keys its callers make': ['localStore', 'store', 'storeRoot'],
    'SQL of ours, on what openStored found': ['askStored'],
    'pure': ['blockedBy', 'megabytes', 'readNames', 'tableOf', 'tooLarge', 'readsDatasets', 'writeOf'],
    'the database process, given files': ['buildDuckdbChild', 'checkOutput', 'coolDuckdb', 'DuckdbError', 'exportTable', 'previewTable', 'profileTable', 'runChecks', 'sqlFacts', 'startDuckdb', 'stopReaders', 'takeDuckdb', 'warmDuckdb'],
    'the engine, with the workspace of its own row': ['announceVersion', 'readsNow', 'dropOutputs', 'dropVersionFiles', 'placeFiles', 'recordChecks', 'stageVersion', 'sweepLeftovers', 'withdrawFiles'],
  },
  runs: {
    'pure, or a notice': ['announceCancel', 'announceRun', 'attemptKey', 'decideEnd', 'isFinalRun', 'isFinalTask', 'judgeParts', 'judgeRule', 'lastSign', 'paceOf', 'spell', 'onLostOf', 'outsideOf', 'resolveParams', 'runFact', 'worstState'],
    'of the machine': ['refuseWhenDiskFull'],
    'housekeeping over all workspaces': ['dropOldOutputs'],
    'the engine, with rows that it claimed': ['attemptInput', 'childRun', 'endLostAttempt', 'expireApprovals', 'finishAndClaim', 'parkTask', 'partEnds', 'spreadTask', 'findMemo', 'finishWith', 'memoFingerprint', 'noteMemo', 'noteStall', 'usualDuration', 'recordAttempt', 'failQueuedTooLong', 'tellEndedRuns', 'releaseHeldRuns', 'releaseWaitingForPast', 'releaseWaitingRuns', 'runResult', 'settleLeftOver', 'settleRun', 'stagedVersion', 'taskStates'],
  },
  dispatch: {
    'pure': ['decideScale', 'gateOf', 'isInline', 'laneOrder'],
    'the engine, over all workspaces': [
      'beatWorker', 'foldShares', 'forgetSamples', 'hasReadyWork', 'heartbeat', 'liveWorkers', 'markRunsRunning', 'overdueAttempts', 'registerWorker', 'removeWorker', 'tellOldFanOuts',
      'drainWorker', 'renderMetrics', 'LeaseKeeper', 'partitionOf', 'sampleSlots', 'isPlain', 'endRun', 'passAlong', 'passOn', 'step', 'wakeRetries', 'parkAttempt', 'takeParked', 'wakeParked', 'wakeRunSensors',
      'giveBack', 'lookAfter', 'readDemand', 'standingOf', 'takeOver',
    ],
  },
  drift: { 'the worker, over all workspaces': ['countWindows', 'makeReferences'] },
  rollout: { 'pure': ['assignVariant'], 'the controller, over all workspaces': ['makeController'] },
  scheduler: {
    'the scheduler, over all workspaces': ['advanceBackfills', 'deliverEvents', 'fireDueSchedules', 'followVersions', 'forgetEvents'],
    'whoever knows a webhook’s address': ['receiveHook'],
  },
  tenancy: {
    'by an id that the caller is or that stands in the workspace’s row': ['personBehind'],
    'housekeeping over all workspaces': ['forgetOldKeys'],
    'pure': ['authorize', 'requireOwner', 'systemContext', 'openText', 'sealText', 'derivedSecret'],
    'who acts, by their own id': ['principalOf'],
    'the engine, with the workspace of its own row': ['membersWhoMay'],
    'writes a line into the caller’s own audit': ['audit', 'auditWithin'],
    'finds out who calls; routes and pages are tested for it': ['enterWorkspace', 'identifySession', 'identifyToken'],
    'a person’s own sessions and account': ['changePassword', 'listSessions', 'listWorkspaces', 'resetPassword', 'revokeOtherSessions', 'revokeSession', 'signIn', 'signInByProvider', 'signOut'],
    'by the secret link of an invitation': ['acceptAsMember', 'acceptAsNewPerson', 'readInvite'],
    'above workspaces, for owners and the first start': ['bootstrap', 'createDemoWorkspace', 'createFirstOwner', 'createWorkspace', 'findDemoToSeed', 'markDemoSeeded', 'ownerExists', 'verifyAllAudits'],
  },
  observability: {
    'pure': ['createMasker', 'looksLikeError', 'maskLines'],
    'the engine, with rows that it claimed': ['logEnd', 'openAttemptLog'],
    'of the whole installation, without names': ['checkReady', 'counter', 'expose', 'gauge', 'histogram', 'measureHttp', 'measurePools'],
  },
};

const MODULES = { pipeline, datasets, dispatch, runs, scheduler, drift, rollout, tenancy, observability, registry, inference, serving } as const;
const functionsOf = (module: object) => Object.entries(module).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));

describe.each(Object.entries(MODULES))('lib/%s/server', (folder, module) => {
  const scoped = SCOPED[folder]!;
  const tested = [scoped.refused, scoped.nothing, scoped.ownOnly].flatMap((calls) => Object.keys(calls));
  const readTables = folder === 'datasets' ? ['readTables'] : [];

  it('has no exported function that nobody has thought about', () => {
    const known = [...tested, ...readTables, ...Object.values(APART[folder]!).flat()];
    expect(known.toSorted()).toEqual(functionsOf(module).toSorted());
    expect(new Set(known).size).toBe(known.length);
  });

  if (Object.keys(scoped.refused).length > 0)
    it.each(Object.entries(scoped.refused))('%s does not find what another workspace has', async (_, call) => {
      const thrown = await Promise.resolve(call(mine.ctx, foreign)).then(
        (value: unknown) => value,
        (error: unknown) => error,
      );
      expect(thrown).toBeInstanceOf(AppError);
      expect(thrown).toMatchObject({ code: 'not_found', message: expect.stringMatching(/There is no .*this/) as string });
    });

  if (Object.keys(scoped.nothing).length > 0)
    it.each(Object.entries(scoped.nothing))('%s gives nothing of another workspace', async (_, call) => {
      const given = await call(mine.ctx, foreign);
      expect(Array.isArray(given) ? given : (given ?? [])).toEqual([]);
    });

  if (Object.keys(scoped.ownOnly).length > 0)
    it.each(Object.entries(scoped.ownOnly))('%s stays in its own workspace', async (_, call) => {
      const given = JSON.stringify(await call(mine.ctx, foreign), (_key, value: unknown) => (value instanceof Set || value instanceof Map ? [...value] : typeof value === 'bigint' ? String(value) : value)) ?? '';
      for (const word of [foreign.runId, foreign.ctx.workspaceId, foreign.ctx.workspace.slug, foreign.tokenId, foreign.memberId, `${foreign.mark}@`, `${foreign.mark}-guest`]) {
        expect(given).not.toContain(word);
      }
    });
});

it('a version of another workspace cannot be read by pinning its id', async () => {
  const call = datasets.readTables(mine.ctx.workspaceId, { x: await newest(foreign) }, task, null);
  await expect(call).rejects.toMatchObject({ code: 'unavailable' });
});

it('ids that cannot be ids are not found, never an error of the database', async () => {
  for (const id of ['x', '', '../..', "'; drop table run; --", newId()]) {
    await expect(runs.getRun(mine.ctx, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(tenancy.getMember(mine.ctx, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(tenancy.revokeToken(mine.ctx, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(tenancy.withdrawInvite(mine.ctx, id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await datasets.listRunChecks(mine.ctx, id)).toEqual([]);
  }
});

it('after all this the other workspace has everything it had', async () => {
  const { ctx } = foreign;
  expect((await pipeline.getPipeline(ctx, foreign.slug)).name).toBe('omega flow');
  expect((await pipeline.getPipeline(ctx, foreign.oldSlug)).archived).toBe(true);
  expect((await runs.getRun(ctx, foreign.runId)).state).toBe('succeeded');
  expect((await datasets.getVersion(ctx, foreign.dataset, 2)).state).toBe('quarantined');
  expect((await datasets.openFile(ctx, foreign.file)).file.bytes).toBe(8);
  expect(await tenancy.resolveSecret(ctx.workspaceId, foreign.name)).toBe('omega-hidden-value');
  expect(await tenancy.getVariable(ctx, foreign.name)).toMatchObject({ value: 1 });
  expect((await tenancy.getMember(ctx, foreign.memberId)).role).toBe('editor');
  expect(await tenancy.findToken(ctx, foreign.tokenId)).toMatchObject({ id: foreign.tokenId });
  expect(await tenancy.findInvite(ctx, foreign.inviteId)).toMatchObject({ id: foreign.inviteId });
});
