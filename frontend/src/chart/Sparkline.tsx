/** The course of a day in a small line. Pixels only: nothing is calculated back from it. */

const WIDTH = 96;
const HEIGHT = 28;
const EDGE = 2;

export function Sparkline({ closes, isUp }: { closes: readonly string[]; isUp: boolean }) {
  const values = closes.map(Number);
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  if (values.length < 2) return <svg width={WIDTH} height={HEIGHT} aria-hidden="true" />;
  const points = values.map((value, index) => {
    const x = (index / (values.length - 1)) * WIDTH;
    const y = span === 0 ? HEIGHT / 2 : HEIGHT - EDGE - ((value - low) / span) * (HEIGHT - 2 * EDGE);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" focusable="false">
      <polyline
        points={points.join(" ")}
        fill="none"
        stroke={isUp ? "var(--buy)" : "var(--sell)"}
        strokeWidth="1.5"
        strokeLinejoin="round"
      />
    </svg>
  );
}
