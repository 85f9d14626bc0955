/** What tells whether drift has something to count: an interval of zero, or null. */

/** Hours of versions with a reference whose rows changed since they were counted. */
export const HOURS_CHANGED = `case when exists (select from inference_hour h join reference_profile p on p.model_version_id = h.model_version_id and p.status = 'ready'
    where h.counted_at is null or h.counted_at < h.changed_at) then interval '0' end`;

/** Versions that have training data and no reference yet. */
export const REFERENCES_MISSING = `case when exists (select from model_version v where v.status = 'ready' and v.training is not null
    and not exists (select from reference_profile p where p.model_version_id = v.id)) then interval '0' end`;
