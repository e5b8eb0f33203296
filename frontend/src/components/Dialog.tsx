import { useEffect, useId, useRef, type ReactNode } from "react";
import { Icon } from "./Icon";
import styles from "./Dialog.module.css";

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
  /** Only its own buttons close it: for what is shown once. */
  readonly isSticky?: boolean;
  /** Along the right edge, for long lists. */
  readonly isDrawer?: boolean;
}

/** A modal dialog. The browser keeps the focus inside and gives it back afterwards. */
export function Dialog({ title, children, onClose, isSticky = false, isDrawer = false }: Props) {
  const titleId = useId();
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    const element = dialog.current;
    if (element !== null && !element.open) element.showModal();
    return () => element?.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      className={isDrawer ? `${styles["dialog"]} ${styles["drawer"]}` : styles["dialog"]}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        if (!isSticky) onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current && !isSticky) onClose();
      }}
    >
      <div className={styles["content"]}>
        <header className={styles["head"]}>
          <h2 id={titleId}>{title}</h2>
          {!isSticky && (
            <button type="button" className="button quiet tiny" aria-label="Close" onClick={onClose}>
              <Icon name="close" size={16} />
            </button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}
