/** PREVIEW_ROWS is how many rows the preview shows at once. */
export const PREVIEW_ROWS = 100;
