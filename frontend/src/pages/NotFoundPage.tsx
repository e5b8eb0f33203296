import { Link } from "react-router";
import { Empty } from "../components/States";

export function NotFoundPage({ what = "There is nothing at this address" }: { what?: string }) {
  return (
    <div className="page">
      <Empty title={what}>
        <p>The link may be old, or mistyped.</p>
        <p>
          <Link to="/">To the markets</Link>
        </p>
      </Empty>
    </div>
  );
}
