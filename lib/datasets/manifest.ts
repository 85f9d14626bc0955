/** One file of a dataset version. A key names what a later write replaces: an interval, a run's append, or the whole. */
export type ManifestFile = {
  key: string;
  /** store key of a Parquet file */
  path: string;
  rows: number;
  bytes: number;
  /** the version that brought this file in */
  versionId: string;
  intervalStart?: string;
  intervalEnd?: string;
};

export type WriteMode = 'replace' | 'append' | 'interval';
export type Interval = { start: Date; end: Date };

/** What a version adds to its dataset. */
export type DatasetWrite = {
  mode: WriteMode;
  versionId: string;
  runId: string | null;
  taskId: string | null;
  interval: Interval | null;
  files: { path: string; rows: number; bytes: number }[];
};

export type NextManifest = { ok: true; files: ManifestFile[] } | { ok: false; message: string };

/**
 * nextManifest decides which files make up the dataset after a write.
 * `replace` keeps nothing. `append` keeps everything but what the same task of the same run appended before, so that a
 * cleared task does not append twice. `interval` replaces the files whose interval lies inside the written one and keeps
 * files without an interval (a first load); a file that reaches beyond the written interval cannot be cut, so it is refused.
 * @param current files of the newest good version, in order
 */
export function nextManifest(current: ManifestFile[], write: DatasetWrite): NextManifest {
  const { mode, interval } = write;
  if (mode === 'replace') return { ok: true, files: write.files.map((file) => ({ key: 'all', ...file, versionId: write.versionId })) };
  if (mode === 'append') {
    const key = `run ${write.runId ?? write.versionId} ${write.taskId ?? ''}`.trim();
    return { ok: true, files: [...current.filter((file) => file.key !== key), ...write.files.map((file) => ({ key, ...file, versionId: write.versionId }))] };
  }
  if (!interval) {
    return { ok: false, message: 'The task writes its run’s interval, but this run covers none. Start the run for an interval of the schedule, or write with mode "replace" or "append".' };
  }
  const start = interval.start.toISOString();
  const end = interval.end.toISOString();
  const kept: ManifestFile[] = [];
  for (const file of current) {
    const place = placeOf(file, start, end);
    if (place === 'partly') {
      return {
        ok: false,
        message: `The dataset holds one piece for ${file.intervalStart ?? ''} to ${file.intervalEnd ?? ''}, and the run covers only ${start} to ${end} of it. Run the whole of that interval, or write the dataset anew with mode "replace".`,
      };
    }
    if (place === 'outside') kept.push(file);
  }
  const added = write.files.map((file) => ({ key: `interval ${start} ${end}`, ...file, versionId: write.versionId, intervalStart: start, intervalEnd: end }));
  return { ok: true, files: [...kept, ...added].sort((a, b) => (a.intervalStart ?? '').localeCompare(b.intervalStart ?? '')) };
}

/** placeOf says how a file's interval lies to [start, end); ISO times of one form compare as text. */
function placeOf(file: ManifestFile, start: string, end: string): 'inside' | 'outside' | 'partly' {
  if (!file.intervalStart || !file.intervalEnd) return 'outside';
  if (file.intervalEnd <= start || file.intervalStart >= end) return 'outside';
  return file.intervalStart >= start && file.intervalEnd <= end ? 'inside' : 'partly';
}

/**
 * filesInWindow gives the files of a version that a reader sees.
 * @param window `all`; `interval`: those that overlap the run's interval (files without one count too); `latest`: those of
 *   the newest interval, or of the newest write where there are no intervals
 */
export function filesInWindow(files: ManifestFile[], window: 'all' | 'interval' | 'latest', interval: Interval | null): ManifestFile[] {
  if (window === 'all') return files;
  if (window === 'interval') {
    if (!interval) return files;
    const start = interval.start.toISOString();
    const end = interval.end.toISOString();
    return files.filter((file) => !file.intervalStart || placeOf(file, start, end) !== 'outside');
  }
  const newest = files.reduce<string>((latest, file) => (file.intervalEnd && file.intervalEnd > latest ? file.intervalEnd : latest), '');
  if (newest) return files.filter((file) => file.intervalEnd === newest);
  const last = files.at(-1)?.versionId;
  return files.filter((file) => file.versionId === last);
}
