import { Segmented } from "../../components/Segmented";
import styles from "./wallet.module.css";

interface Props {
  readonly networks: readonly string[];
  readonly value: string;
  readonly onChange: (network: string) => void;
}

/** Over which network; a single one is only named. */
export function NetworkChoice({ networks, value, onChange }: Props) {
  return (
    <div className={styles["label"]}>
      <span>Network</span>
      {networks.length === 1 ? (
        <strong className={styles["only"]}>{value}</strong>
      ) : (
        <Segmented
          label="Network"
          size="large"
          choices={networks.map((network) => ({ value: network, label: network }))}
          value={value}
          onChange={onChange}
        />
      )}
    </div>
  );
}
