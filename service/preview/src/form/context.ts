// What fields know beside their own value.

/** Secrets of the form: they are sent to be used in the run, and never come back. */
export interface FormContext {
  secrets: { [name: string]: string };
  setSecret: (name: string, value: string | undefined) => void;
}
