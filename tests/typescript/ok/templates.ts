type Size = `${"s" | "m"}${0 | 1}` | `only text with \`ticks\` and \${braces}`;
interface Box { size: Size; at: `x${number}:y${number}`; path: `/${string}.${"md" | "txt"}`; key: `a-b#c&d~e.f${string}` }
