import { createContext, use, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Icon } from "./Icon";
import styles from "./Menu.module.css";

const Close = createContext<() => void>(() => undefined);

interface Props {
  /** Name of the button and of the menu. */
  readonly label: string;
  readonly button: ReactNode;
  readonly children: ReactNode;
}

/** A button that opens a list of actions; arrow keys, Home and End move in it, Escape closes it. */
export function Menu({ label, button, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!isOpen) return;
    root.current?.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
    const onPointer = (event: PointerEvent): void => {
      if (!(event.target instanceof Node) || root.current?.contains(event.target) !== true) setOpen(false);
    };
    document.addEventListener("pointerdown", onPointer);
    return () => document.removeEventListener("pointerdown", onPointer);
  }, [isOpen]);

  function close(): void {
    setOpen(false);
    trigger.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (!isOpen) return;
    if (event.key === "Escape") close();
    if (event.key === "Tab") setOpen(false);
    const items = [...(root.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
    const index = items.findIndex((item) => item === document.activeElement);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: (index + 1) % items.length,
      ArrowUp: (index - 1 + items.length) % items.length,
      Home: 0,
      End: items.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    items[target]?.focus();
  }

  return (
    <div ref={root} className={styles["menu"]} onKeyDown={onKeyDown}>
      <button
        ref={trigger}
        type="button"
        className={`button quiet ${styles["trigger"]}`}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {button}
      </button>
      {isOpen && (
        <div role="menu" aria-label={label} className={styles["list"]}>
          <Close value={close}>{children}</Close>
        </div>
      )}
    </div>
  );
}

interface ItemProps {
  readonly children: ReactNode;
  readonly onSelect: () => void;
  readonly isChosen?: boolean;
}

export function MenuItem({ children, onSelect, isChosen }: ItemProps) {
  const close = use(Close);
  return (
    <button
      type="button"
      role={isChosen === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={isChosen}
      tabIndex={-1}
      className={styles["item"]}
      onClick={() => {
        close();
        onSelect();
      }}
    >
      {children}
      {isChosen === true && (
        <span className={styles["chosen"]}>
          <Icon name="check" size={16} />
        </span>
      )}
    </button>
  );
}
