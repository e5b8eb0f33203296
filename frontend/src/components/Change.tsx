import { decimal, format, sign } from "../money/decimal";

/** A change in percent: colour, arrow and sign say the same. */
export function Change({ percent }: { percent: string | null | undefined }) {
  if (percent === null || percent === undefined) return <span className="faint">–</span>;
  const number = decimal(percent);
  const direction = sign(number);
  const look = direction > 0 ? "up" : direction < 0 ? "down" : "faint";
  const arrow = direction > 0 ? "▲" : direction < 0 ? "▼" : "";
  return (
    <span className={look}>
      {arrow !== "" && (
        <span aria-hidden="true" className="arrow">
          {arrow}
        </span>
      )}
      {format(number, { decimals: 2, signed: true })} %
    </span>
  );
}
