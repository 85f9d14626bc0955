import * as approvals from '@/app/api/v1/w/[workspace]/approvals/route';
import * as audit from '@/app/api/v1/w/[workspace]/audit/route';
import * as auditVerify from '@/app/api/v1/w/[workspace]/audit/verify/route';
import * as backfills from '@/app/api/v1/w/[workspace]/backfills/route';
import * as calendarsName from '@/app/api/v1/w/[workspace]/calendars/[name]/route';
import * as calendars from '@/app/api/v1/w/[workspace]/calendars/route';
import * as channelsName from '@/app/api/v1/w/[workspace]/channels/[name]/route';
import * as channelsNameTest from '@/app/api/v1/w/[workspace]/channels/[name]/test/route';
import * as channels from '@/app/api/v1/w/[workspace]/channels/route';
import * as cluster from '@/app/api/v1/w/[workspace]/cluster/route';
import * as connectionsName from '@/app/api/v1/w/[workspace]/connections/[name]/route';
import * as connectionsNameTest from '@/app/api/v1/w/[workspace]/connections/[name]/test/route';
import * as connections from '@/app/api/v1/w/[workspace]/connections/route';
import * as datasetsNameChecks from '@/app/api/v1/w/[workspace]/datasets/[name]/checks/route';
import * as datasetsName from '@/app/api/v1/w/[workspace]/datasets/[name]/route';
import * as datasetsNameVersionsNPreview from '@/app/api/v1/w/[workspace]/datasets/[name]/versions/[n]/preview/route';
import * as datasetsNameVersionsNProfile from '@/app/api/v1/w/[workspace]/datasets/[name]/versions/[n]/profile/route';
import * as datasetsNameVersionsNRelease from '@/app/api/v1/w/[workspace]/datasets/[name]/versions/[n]/release/route';
import * as datasetsNameVersionsN from '@/app/api/v1/w/[workspace]/datasets/[name]/versions/[n]/route';
import * as datasetsNameVersions from '@/app/api/v1/w/[workspace]/datasets/[name]/versions/route';
import * as datasets from '@/app/api/v1/w/[workspace]/datasets/route';
import * as endpointsSlugRollouts from '@/app/api/v1/w/[workspace]/endpoints/[slug]/rollouts/route';
import * as drift from '@/app/api/v1/w/[workspace]/drift/route';
import * as endpointsSlugDrift from '@/app/api/v1/w/[workspace]/endpoints/[slug]/drift/route';
import * as endpointsSlugDriftFeature from '@/app/api/v1/w/[workspace]/endpoints/[slug]/drift/[feature]/route';
import * as events from '@/app/api/v1/w/[workspace]/events/route';
import * as hooks from '@/app/api/v1/hooks/[token]/route';
import * as filesContent from '@/app/api/v1/w/[workspace]/files/content/route';
import * as files from '@/app/api/v1/w/[workspace]/files/route';
import * as invitesId from '@/app/api/v1/w/[workspace]/invites/[id]/route';
import * as invites from '@/app/api/v1/w/[workspace]/invites/route';
import * as live from '@/app/api/v1/w/[workspace]/live/route';
import * as models from '@/app/api/v1/w/[workspace]/models/route';
import * as modelsName from '@/app/api/v1/w/[workspace]/models/[name]/route';
import * as modelsNameVersions from '@/app/api/v1/w/[workspace]/models/[name]/versions/route';
import * as modelsNameVersionsN from '@/app/api/v1/w/[workspace]/models/[name]/versions/[n]/route';
import * as modelsNameVersionsNTagsKey from '@/app/api/v1/w/[workspace]/models/[name]/versions/[n]/tags/[key]/route';
import * as modelsNameAliasesAlias from '@/app/api/v1/w/[workspace]/models/[name]/aliases/[alias]/route';
import * as endpoints from '@/app/api/v1/w/[workspace]/endpoints/route';
import * as endpointsSlug from '@/app/api/v1/w/[workspace]/endpoints/[slug]/route';
import * as endpointsSlugLedger from '@/app/api/v1/w/[workspace]/endpoints/[slug]/ledger/route';
import * as endpointsSlugStats from '@/app/api/v1/w/[workspace]/endpoints/[slug]/stats/route';
import * as endpointsSlugPredict from '@/app/api/v1/w/[workspace]/endpoints/[slug]/predict/route';
import * as inferences from '@/app/api/v1/w/[workspace]/inferences/route';
import * as membersId from '@/app/api/v1/w/[workspace]/members/[id]/route';
import * as members from '@/app/api/v1/w/[workspace]/members/route';
import * as pipelinesSlugBackfillsIdCancel from '@/app/api/v1/w/[workspace]/pipelines/[slug]/backfills/[id]/cancel/route';
import * as pipelinesSlugBackfillsIdExtend from '@/app/api/v1/w/[workspace]/pipelines/[slug]/backfills/[id]/extend/route';
import * as pipelinesSlugBackfillsIdPause from '@/app/api/v1/w/[workspace]/pipelines/[slug]/backfills/[id]/pause/route';
import * as pipelinesSlugBackfillsIdResumeFailed from '@/app/api/v1/w/[workspace]/pipelines/[slug]/backfills/[id]/resume-failed/route';
import * as pipelinesSlugBackfillsIdResume from '@/app/api/v1/w/[workspace]/pipelines/[slug]/backfills/[id]/resume/route';
import * as pipelinesSlugBackfillsId from '@/app/api/v1/w/[workspace]/pipelines/[slug]/backfills/[id]/route';
import * as pipelinesSlugBackfillsPlan from '@/app/api/v1/w/[workspace]/pipelines/[slug]/backfills/plan/route';
import * as pipelinesSlugBackfills from '@/app/api/v1/w/[workspace]/pipelines/[slug]/backfills/route';
import * as pipelinesSlugDraft from '@/app/api/v1/w/[workspace]/pipelines/[slug]/draft/route';
import * as pipelinesSlugGrid from '@/app/api/v1/w/[workspace]/pipelines/[slug]/grid/route';
import * as pipelinesSlugIntervals from '@/app/api/v1/w/[workspace]/pipelines/[slug]/intervals/route';
import * as pipelinesSlugPublish from '@/app/api/v1/w/[workspace]/pipelines/[slug]/publish/route';
import * as pipelinesSlug from '@/app/api/v1/w/[workspace]/pipelines/[slug]/route';
import * as pipelinesSlugRuns from '@/app/api/v1/w/[workspace]/pipelines/[slug]/runs/route';
import * as pipelinesSlugTriggersIdRenew from '@/app/api/v1/w/[workspace]/pipelines/[slug]/triggers/[id]/renew/route';
import * as pipelinesSlugTriggers from '@/app/api/v1/w/[workspace]/pipelines/[slug]/triggers/route';
import * as pipelinesSlugTry from '@/app/api/v1/w/[workspace]/pipelines/[slug]/try/route';
import * as pipelinesSlugValidate from '@/app/api/v1/w/[workspace]/pipelines/[slug]/validate/route';
import * as pipelinesSlugVersionsVersionDiffOther from '@/app/api/v1/w/[workspace]/pipelines/[slug]/versions/[version]/diff/[other]/route';
import * as pipelinesSlugVersionsVersionRestore from '@/app/api/v1/w/[workspace]/pipelines/[slug]/versions/[version]/restore/route';
import * as pipelinesSlugVersionsVersion from '@/app/api/v1/w/[workspace]/pipelines/[slug]/versions/[version]/route';
import * as pipelinesSlugVersions from '@/app/api/v1/w/[workspace]/pipelines/[slug]/versions/route';
import * as pipelines from '@/app/api/v1/w/[workspace]/pipelines/route';
import * as rolloutsIdAbort from '@/app/api/v1/w/[workspace]/rollouts/[id]/abort/route';
import * as rolloutsIdApprove from '@/app/api/v1/w/[workspace]/rollouts/[id]/approve/route';
import * as rolloutsIdHold from '@/app/api/v1/w/[workspace]/rollouts/[id]/hold/route';
import * as rolloutsIdPromote from '@/app/api/v1/w/[workspace]/rollouts/[id]/promote/route';
import * as rolloutsIdResume from '@/app/api/v1/w/[workspace]/rollouts/[id]/resume/route';
import * as rolloutsId from '@/app/api/v1/w/[workspace]/rollouts/[id]/route';
import * as rollouts from '@/app/api/v1/w/[workspace]/rollouts/route';
import * as poolsName from '@/app/api/v1/w/[workspace]/pools/[name]/route';
import * as pools from '@/app/api/v1/w/[workspace]/pools/route';
import * as queue from '@/app/api/v1/w/[workspace]/queue/route';
import * as runsIdCancel from '@/app/api/v1/w/[workspace]/runs/[id]/cancel/route';
import * as runsIdComparison from '@/app/api/v1/w/[workspace]/runs/[id]/comparison/route';
import * as runsIdEvents from '@/app/api/v1/w/[workspace]/runs/[id]/events/route';
import * as runsIdRaise from '@/app/api/v1/w/[workspace]/runs/[id]/raise/route';
import * as runsIdRerunPlan from '@/app/api/v1/w/[workspace]/runs/[id]/rerun-plan/route';
import * as runsIdRerun from '@/app/api/v1/w/[workspace]/runs/[id]/rerun/route';
import * as runsId from '@/app/api/v1/w/[workspace]/runs/[id]/route';
import * as runsIdTasksTaskIdApprove from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/[taskId]/approve/route';
import * as runsIdTasksTaskIdAttempts from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/[taskId]/attempts/route';
import * as runsIdTasksTaskIdClear from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/[taskId]/clear/route';
import * as runsIdTasksTaskIdParts from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/[taskId]/parts/route';
import * as runsIdTasksTaskId from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/[taskId]/route';
import * as runsIdTasksTaskIdLogs from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/[taskId]/logs/route';
import * as runsIdTasksTaskIdMark from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/[taskId]/mark/route';
import * as runsIdTasksTaskIdOutputArtifactsArtifactId from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/[taskId]/output/artifacts/[artifactId]/route';
import * as runsIdTasksTaskIdOutputArtifacts from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/[taskId]/output/artifacts/route';
import * as runsIdTasksTaskIdOutput from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/[taskId]/output/route';
import * as runsIdTasks from '@/app/api/v1/w/[workspace]/runs/[id]/tasks/route';
import * as runsIdTimeline from '@/app/api/v1/w/[workspace]/runs/[id]/timeline/route';
import * as runsIdWait from '@/app/api/v1/w/[workspace]/runs/[id]/wait/route';
import * as runsIdWhy from '@/app/api/v1/w/[workspace]/runs/[id]/why/route';
import * as runs from '@/app/api/v1/w/[workspace]/runs/route';
import * as schedulePreview from '@/app/api/v1/w/[workspace]/schedule/preview/route';
import * as schedules from '@/app/api/v1/w/[workspace]/schedules/route';
import * as secretsName from '@/app/api/v1/w/[workspace]/secrets/[name]/route';
import * as secrets from '@/app/api/v1/w/[workspace]/secrets/route';
import * as tokensId from '@/app/api/v1/w/[workspace]/tokens/[id]/route';
import * as tokens from '@/app/api/v1/w/[workspace]/tokens/route';
import * as validate from '@/app/api/v1/w/[workspace]/validate/route';
import * as variablesName from '@/app/api/v1/w/[workspace]/variables/[name]/route';
import * as variables from '@/app/api/v1/w/[workspace]/variables/route';
import * as allWorkspacesSlug from '@/app/api/v1/workspaces/[slug]/route';
import * as allWorkspacesSlugTokens from '@/app/api/v1/workspaces/[slug]/tokens/route';
import * as allWorkspaces from '@/app/api/v1/workspaces/route';

/** Every route of the API, for the OpenAPI document. A test compares this list with the folders. */
export const ROUTES = [
  approvals,
  audit,
  auditVerify,
  backfills,
  calendarsName,
  calendars,
  channelsName,
  channelsNameTest,
  channels,
  cluster,
  connectionsName,
  connectionsNameTest,
  connections,
  datasetsNameChecks,
  datasetsName,
  datasetsNameVersionsNPreview,
  datasetsNameVersionsNProfile,
  datasetsNameVersionsNRelease,
  datasetsNameVersionsN,
  datasetsNameVersions,
  datasets,
  endpointsSlugRollouts,
  drift,
  endpointsSlugDrift,
  endpointsSlugDriftFeature,
  events,
  hooks,
  filesContent,
  files,
  invitesId,
  invites,
  live,
  models,
  modelsName,
  modelsNameVersions,
  modelsNameVersionsN,
  modelsNameVersionsNTagsKey,
  modelsNameAliasesAlias,
  endpoints,
  endpointsSlug,
  endpointsSlugLedger,
  endpointsSlugStats,
  endpointsSlugPredict,
  inferences,
  membersId,
  members,
  pipelinesSlugBackfillsIdCancel,
  pipelinesSlugBackfillsIdExtend,
  pipelinesSlugBackfillsIdPause,
  pipelinesSlugBackfillsIdResumeFailed,
  pipelinesSlugBackfillsIdResume,
  pipelinesSlugBackfillsId,
  pipelinesSlugBackfillsPlan,
  pipelinesSlugBackfills,
  pipelinesSlugDraft,
  pipelinesSlugGrid,
  pipelinesSlugIntervals,
  pipelinesSlugPublish,
  pipelinesSlug,
  pipelinesSlugRuns,
  pipelinesSlugTriggersIdRenew,
  pipelinesSlugTriggers,
  pipelinesSlugTry,
  pipelinesSlugValidate,
  pipelinesSlugVersionsVersionDiffOther,
  pipelinesSlugVersionsVersionRestore,
  pipelinesSlugVersionsVersion,
  pipelinesSlugVersions,
  pipelines,
  rolloutsIdAbort,
  rolloutsIdApprove,
  rolloutsIdHold,
  rolloutsIdPromote,
  rolloutsIdResume,
  rolloutsId,
  rollouts,
  poolsName,
  pools,
  queue,
  runsIdCancel,
  runsIdComparison,
  runsIdEvents,
  runsIdRaise,
  runsIdRerunPlan,
  runsIdRerun,
  runsId,
  runsIdTasksTaskIdApprove,
  runsIdTasksTaskIdAttempts,
  runsIdTasksTaskIdClear,
  runsIdTasksTaskIdParts,
  runsIdTasksTaskId,
  runsIdTasksTaskIdLogs,
  runsIdTasksTaskIdMark,
  runsIdTasksTaskIdOutputArtifactsArtifactId,
  runsIdTasksTaskIdOutputArtifacts,
  runsIdTasksTaskIdOutput,
  runsIdTasks,
  runsIdTimeline,
  runsIdWait,
  runsIdWhy,
  runs,
  schedulePreview,
  schedules,
  secretsName,
  secrets,
  tokensId,
  tokens,
  validate,
  variablesName,
  variables,
  allWorkspacesSlug,
  allWorkspacesSlugTokens,
  allWorkspaces,
] as const;
