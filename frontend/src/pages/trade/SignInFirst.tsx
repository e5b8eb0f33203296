import { Link, useLocation } from "react-router";
import { useSession } from "../../app/queries";
import styles from "./OrderForm.module.css";

/** In place of the button, for who is not signed in. */
export function SignInFirst() {
  const { pathname } = useLocation();
  const { isPending } = useSession();
  if (isPending) return null;
  const state = { next: pathname };
  return (
    <div className={styles["invitation"]}>
      <Link to="/sign-in" state={state} className="button primary large wide">
        Sign in to trade
      </Link>
      <p className="faint">
        New here?{" "}
        <Link to="/sign-up" state={state}>
          Create an account
        </Link>
      </p>
    </div>
  );
}
