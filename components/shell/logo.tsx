/** Logo is the gate in the pipe. */
export const Logo = ({ size = 20 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden>
    <rect width="20" height="20" rx="5" fill="var(--accent)" />
    <g stroke="var(--accent-on)" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" fill="none">
      <path d="M3.5 13.2h4.2M12.3 13.2h4.2M3.5 9.6h4.2M12.3 9.6h4.2" />
      <path d="M7.7 15.4V6.6h4.6v8.8M10 6.4V3.8M7.6 3.8h4.8" />
    </g>
  </svg>
);
