import { NavLink } from "react-router";
import styles from "./wallet.module.css";

const PLACES = [
  { to: "/wallet", label: "Overview" },
  { to: "/wallet/deposit", label: "Deposit" },
  { to: "/wallet/withdraw", label: "Withdraw" },
  { to: "/wallet/transfer", label: "Transfer" },
  { to: "/wallet/addresses", label: "Address book" },
  { to: "/wallet/exchanges", label: "Exchanges" },
  { to: "/proof-of-liabilities", label: "Proof" },
];

/** From one part of the wallet to the others. */
export function WalletNav() {
  return (
    <nav className={styles["nav"]} aria-label="Wallet">
      {PLACES.map(({ to, label }) => (
        <NavLink key={to} to={to} end={to === "/wallet"} className={styles["place"]}>
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
