/**
 * Multiwindow, multi-burn-rate alerting: The Site Reliability Workbook, chapter 5, table 5-8
 * (https://sre.google/workbook/alerting-on-slos/). A burn rate of 1 spends the budget of 30 days in exactly 30 days.
 * The long window says that it matters, the short one (a twelfth) that it still goes on.
 */
export interface BurnWindow {
  readonly severity: 'critical' | 'warning';
  readonly factor: number;
  readonly long: Window;
  readonly short: Window;
  /** Share of the whole budget that is gone when the alert fires. */
  readonly spentPercent: number;
}

export const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;
export type Window = (typeof WINDOWS)[number];

/** Days over which an error budget counts. */
export const BUDGET_DAYS = 30;

export const BURN_WINDOWS: readonly BurnWindow[] = [
  { severity: 'critical', factor: 14.4, long: '1h', short: '5m', spentPercent: 2 },
  { severity: 'critical', factor: 6, long: '6h', short: '30m', spentPercent: 5 },
  { severity: 'warning', factor: 3, long: '1d', short: '2h', spentPercent: 10 },
  { severity: 'warning', factor: 1, long: '3d', short: '6h', spentPercent: 10 },
];

export function secondsOf(window: Window): number {
  const unit = { m: 60, h: 3_600, d: 86_400 }[window.slice(-1)] ?? 0;
  return Number.parseInt(window, 10) * unit;
}
