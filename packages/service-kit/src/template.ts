/** `${NAME}` in the files under `provisioning/`; `$$` stands for a `$`, as in Grafana's own provisioning. */

/** @throws when the text names a variable that `values` does not have. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\{([A-Z_]+)\})/g, (_, token: string, name: string) => {
    if (token === '$') return '$';
    const value = values[name];
    if (value === undefined) throw new Error(`no value for \${${name}}`);
    return value;
  });
}
