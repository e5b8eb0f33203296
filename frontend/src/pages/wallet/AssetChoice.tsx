import styles from "./wallet.module.css";

interface Props {
  readonly assets: readonly { readonly asset: string; readonly name: string }[];
  readonly value: string;
  readonly onChange: (asset: string) => void;
}

export function AssetChoice({ assets, value, onChange }: Props) {
  return (
    <label className={styles["label"]}>
      Asset
      <select className={`select ${styles["select"]}`} value={value} onChange={(event) => onChange(event.target.value)}>
        {assets.map(({ asset, name }) => (
          <option key={asset} value={asset}>
            {name === asset || name === "" ? asset : `${asset} · ${name}`}
          </option>
        ))}
      </select>
    </label>
  );
}
