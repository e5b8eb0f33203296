import { useQueryClient } from "@tanstack/react-query";
import { Link, NavLink, useLocation, useNavigate } from "react-router";
import { explain } from "../api/errors";
import { signOut } from "../api/identity";
import { Icon, Mark } from "../components/Icon";
import { Menu, MenuItem } from "../components/Menu";
import { notify } from "../components/notices";
import type { ConnectionState } from "../streams/socket";
import { config } from "./config";
import { forgetPerson, useSession } from "./queries";
import { useConnection, useValue } from "./streams";
import { chooseTheme, themeChoice, type ThemeChoice } from "./theme";
import styles from "./Header.module.css";

const CONNECTION_WORDS: Readonly<Record<ConnectionState, string>> = {
  idle: "Connecting…",
  connecting: "Connecting…",
  live: "Live",
  stale: "Stale",
  reconnecting: "Reconnecting…",
};

const THEMES: readonly { value: ThemeChoice; label: string; icon: "system" | "moon" | "sun" }[] = [
  { value: "system", label: "As the system", icon: "system" },
  { value: "dark", label: "Dark", icon: "moon" },
  { value: "light", label: "Light", icon: "sun" },
];

export function Header() {
  const { pathname } = useLocation();
  return (
    <header className={styles["header"]}>
      <Link to="/" className={styles["name"]} aria-label="Bourse, to the markets">
        <Mark />
        <span>Bourse</span>
      </Link>
      {config.demo && (
        <span className="badge accent" title="Everything works as in earnest; the money is play money.">
          Demo
        </span>
      )}
      <nav className={styles["nav"]} aria-label="Main">
        <NavLink to="/" end className={styles["link"]}>
          <Icon name="markets" />
          Markets
        </NavLink>
        <NavLink to={pathname.startsWith("/trade/") ? pathname : "/trade"} className={styles["link"]}>
          <Icon name="trade" />
          Trade
        </NavLink>
        <NavLink to="/orders" className={styles["link"]}>
          <Icon name="orders" />
          Orders
        </NavLink>
        <NavLink to="/wallet" className={styles["link"]}>
          <Icon name="balances" />
          Wallet
        </NavLink>
        <NavLink to="/api-keys" className={styles["link"]}>
          <Icon name="keys" />
          API keys
        </NavLink>
      </nav>
      <div className={styles["side"]}>
        <Connection />
        <ThemeMenu />
        <Person />
      </div>
    </header>
  );
}

function Connection() {
  const state = useConnection();
  return (
    <span className={styles["connection"]} data-state={state} role="status" aria-label="Connection">
      <span className={styles["dot"]} aria-hidden="true" />
      {CONNECTION_WORDS[state]}
    </span>
  );
}

function ThemeMenu() {
  const choice = useValue(themeChoice);
  const icon = THEMES.find((option) => option.value === choice)?.icon ?? "system";
  return (
    <Menu label="Theme" button={<Icon name={icon} />}>
      {THEMES.map((option) => (
        <MenuItem key={option.value} isChosen={option.value === choice} onSelect={() => chooseTheme(option.value)}>
          <Icon name={option.icon} size={16} />
          {option.label}
        </MenuItem>
      ))}
    </Menu>
  );
}

function Person() {
  const { data: user, isPending } = useSession();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { pathname } = useLocation();

  async function leave(): Promise<void> {
    try {
      await signOut();
    } catch (error) {
      notify("bad", "You are still signed in", explain(error));
      return;
    }
    queryClient.setQueryData(["session"], null);
    forgetPerson();
    void navigate("/");
  }

  if (isPending) return <span className={styles["waiting"]} aria-hidden="true" />;
  if (user === null || user === undefined) {
    const state = { next: pathname };
    return (
      <>
        <Link to="/sign-in" state={state} className="button quiet">
          Sign in
        </Link>
        <Link to="/sign-up" state={state} className={`button primary ${styles["signUp"]}`}>
          Sign up
        </Link>
      </>
    );
  }
  return (
    <Menu
      label="Account"
      button={
        <>
          <Icon name="user" />
          <span className={styles["username"]}>{user.username}</span>
          <Icon name="chevron" size={14} />
        </>
      }
    >
      <div className={styles["who"]}>
        <strong>{user.username}</strong>
        <span className="faint">{user.email}</span>
      </div>
      <MenuItem onSelect={() => void navigate("/settings")}>
        <Icon name="user" size={16} />
        Settings
      </MenuItem>
      <MenuItem onSelect={() => void navigate("/api-keys")}>
        <Icon name="keys" size={16} />
        API keys
      </MenuItem>
      <MenuItem onSelect={() => void leave()}>
        <Icon name="arrow" size={16} />
        Sign out
      </MenuItem>
    </Menu>
  );
}
