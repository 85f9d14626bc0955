export { localStore } from './local-store';
export { megabytes, tooLarge, type Content, type Store, type StoredObject } from './object-store';
export { store, storeRoot } from './storage';
export { type Column, type TableRef } from './table-ref';
export {
  announceVersion,
  checksOfDataset,
  holdsOn,
  pinReads,
  placeFiles,
  readNames,
  newestGood,
  readsNow,
  readsDatasets,
  readTables,
  recordChecks,
  settleVersion,
  stageVersion,
  tableOf,
  withdrawFiles,
  writeOf,
  type Hold,
  type PlacedFiles,
  type Settled,
  type Settlement,
  type Staging,
} from './versions';
export { coolDuckdb, takeDuckdb, warmDuckdb } from './duckdb/spare';
export { DuckdbError, startDuckdb, type DuckdbProcess } from './duckdb/process';
export { type BoundValue, type Confinement, type DuckdbProblem, type Facts, type SessionTable } from './duckdb/protocol';
export { buildDuckdbChild } from './duckdb/entry';
export { deleteFile, filesMatching, findWorkspaceFiles, listFiles, openFile, uploadFile, UPLOAD_BYTES, type FileView } from './files';
export { blockedBy, checkOutput, runChecks, type CheckRequest, type PlacedOutcome } from './checks/run';
export { type NamedTable } from './checks/plan';
export { EXPORT_FORMATS, exportTable, previewTable, sqlFacts, type ExportFormat } from './preview';
export { profileTable } from './profile';
export { askStored, openStored, type StoredRows, type StoredSource } from './stored';
export { stopReaders } from './duckdb/reader';
export {
  exportVersion,
  getDataset,
  getVersion,
  listCheckResults,
  listDatasets,
  listRunChecks,
  listVersions,
  previewVersion,
  profileVersion,
  putChecks,
  releaseVersion,
} from './service';
export { dropOutputs, dropVersionFiles, sweepLeftovers } from './retention';
