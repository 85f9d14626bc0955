-- The sum of a number's values in an hour, so that means of any window are sums of hours too.
ALTER TABLE "drift_window" ADD COLUMN "total" DOUBLE PRECISION;
