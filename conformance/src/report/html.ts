import type { RunReport } from "../engine/run/report.js";

export const toHtml = (report: RunReport): string => String(report.seed);
