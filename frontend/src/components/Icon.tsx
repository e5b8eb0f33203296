import type { ReactNode } from "react";

const PATHS = {
  markets: <path d="M3 13V9m4 4V5m4 8V7m4 6V3" />,
  trade: <path d="M5 4v10M5 6.5h0M3.5 6h3v5h-3zM13 3v11M11.5 5h3v5h-3z" />,
  orders: <path d="M4 4.5h10M4 9h10M4 13.5h6" />,
  balances: <path d="M3 5.5h12v8.5H3zM3 5.5 12 3v2.5M12 10h.01" />,
  keys: <path d="M11.5 9.5a3 3 0 1 0-2.6-1.5L3.5 13.4V15H6v-1.6h1.6v-1.6h1.2l1.1-1.1c.5.5 1 .8 1.6.8Z" />,
  sun: (
    <path d="M9 5.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4ZM9 2v1.4M9 14.6V16M2 9h1.4M14.6 9H16M4 4l1 1M13 13l1 1M14 4l-1 1M5 13l-1 1" />
  ),
  moon: <path d="M14.5 10.8A6 6 0 0 1 7.2 3.5a6 6 0 1 0 7.3 7.3Z" />,
  system: <path d="M3 4h12v8H3zM7 15h4M9 12v3" />,
  user: <path d="M9 9.2A2.9 2.9 0 1 0 9 3.4a2.9 2.9 0 0 0 0 5.8ZM3.5 15.2c.6-2.6 2.7-4 5.5-4s4.9 1.4 5.5 4" />,
  chevron: <path d="m5.5 7.5 3.5 3.5 3.5-3.5" />,
  close: <path d="m5 5 8 8M13 5l-8 8" />,
  copy: <path d="M6.5 6.5h8v8h-8zM3.5 11.5v-8h8" />,
  check: <path d="m4 9.5 3.2 3.2L14 5.8" />,
  warning: <path d="M9 3 2.5 14.5h13L9 3ZM9 7.5v3.2M9 12.6h.01" />,
  search: <path d="M8 12.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM11.4 11.4 15 15" />,
  arrow: <path d="M4 9h10M10 5l4 4-4 4" />,
} as const satisfies Record<string, ReactNode>;

/** An ornament: what it stands for is said in words beside it, or as the name of its button. */
export function Icon({ name, size = 18 }: { name: keyof typeof PATHS; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 18 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {PATHS[name]}
    </svg>
  );
}

export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <rect width="24" height="24" rx="6" fill="var(--accent-fill)" />
      <path d="M8 5v14M8 8h0" stroke="#fff" strokeOpacity=".55" strokeWidth="1.6" strokeLinecap="round" />
      <rect x="6" y="8" width="4" height="8" rx="1" fill="#fff" />
      <path d="M16 4v14" stroke="#fff" strokeOpacity=".55" strokeWidth="1.6" strokeLinecap="round" />
      <rect x="14" y="6" width="4" height="7" rx="1" fill="#fff" />
    </svg>
  );
}
