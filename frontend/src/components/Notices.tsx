import { useValue } from "../app/streams";
import { Icon } from "./Icon";
import { dismiss, notices } from "./notices";
import styles from "./Notices.module.css";

export function Notices() {
  const shown = useValue(notices);
  return (
    <div className={styles["notices"]} role="log" aria-label="Notices" aria-live="polite">
      {shown.map(({ id, tone, title, text }) => (
        <div key={id} className={styles["notice"]} data-tone={tone} role={tone === "bad" ? "alert" : undefined}>
          <span className={styles["icon"]}>
            <Icon name={tone === "bad" ? "warning" : "check"} size={16} />
          </span>
          <div>
            <strong>{title}</strong>
            {text !== "" && <p>{text}</p>}
          </div>
          <button type="button" className="button quiet tiny" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
